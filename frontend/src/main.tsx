import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import './app/tokens.css'
import './app/base.css'
import './app/theme'
import { router } from './app/router'
import { RequestFailure } from './graphql/errors'

// What the server refused will be refused again; only a server that was not reached is asked once more.
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) =>
        failures < 5 && !(error instanceof RequestFailure && error.errors.length > 0),
      // The event log says what changed.
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
    },
  },
})

const container = document.getElementById('root')
if (!container) throw new Error('index.html has no #root')
createRoot(container).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
)
