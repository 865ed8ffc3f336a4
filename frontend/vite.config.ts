import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const server = process.env.ASKTELL_URL ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2022',
    rolldownOptions: { input: { main: 'index.html', graphiql: 'graphiql.html' } },
    chunkSizeWarningLimit: 1500,
  },
  server: {
    port: 5173,
    proxy: { '/graphql': { target: server, ws: true } },
  },
  test: { include: ['src/**/*.test.ts'] },
})
