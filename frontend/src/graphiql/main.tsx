import { createGraphiQLFetcher } from '@graphiql/toolkit'
import { GraphiQL } from 'graphiql'
import 'graphiql/graphiql.css'
import { createClient } from 'graphql-ws'
import { createRoot } from 'react-dom/client'
import './graphiql.css'

const secure = location.protocol === 'https:'

const fetcher = createGraphiQLFetcher({
  url: '/graphql',
  wsClient: createClient({
    url: `${secure ? 'wss' : 'ws'}://${location.host}/graphql`,
    shouldRetry: () => true,
    retryAttempts: Number.POSITIVE_INFINITY,
  }),
})

const firstQuery = `# Asktell's GraphQL API. Press Ctrl-Space for suggestions and Ctrl-Enter to run.

query Tasks {
  tasks(first: 10) {
    nodes {
      id
      name
      status
      bestValue
      trialCounts {
        completed
        running
      }
    }
  }
}

# Everything that happens, as it happens.
subscription Live {
  taskEvents {
    kind
    taskId
    actor
    at
  }
}
`

const container = document.getElementById('root')
if (!container) throw new Error('graphiql.html has no #root')
createRoot(container).render(<GraphiQL fetcher={fetcher} defaultQuery={firstQuery} />)
