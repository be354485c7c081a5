import { defineConfig } from 'orval'

export default defineConfig({
  gatehouse: {
    input: 'openapi.json',
    output: {
      target: 'gatehouse/client.ts',
      client: 'fetch',
      // Without a base URL, the paths are relative, which only a browser can resolve.
      baseUrl: { runtime: "process.env['BASE'] ?? 'http://localhost:8000'" },
    },
  },
})
