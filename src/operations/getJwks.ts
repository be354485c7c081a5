import type { OperationContext, Reply } from './context.ts'

export function getJwks({ services }: OperationContext<'getJwks'>): Promise<Reply<'getJwks'>> {
  return Promise.resolve({
    status: 200,
    headers: { 'Cache-Control': 'public, max-age=300' },
    body: services.keyring.jwks,
  })
}
