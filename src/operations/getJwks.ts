import { jwksMaxAge } from '../domain/keys/keyring.ts'
import type { OperationContext, Reply } from './context.ts'

export function getJwks({ services }: OperationContext<'getJwks'>): Promise<Reply<'getJwks'>> {
  return Promise.resolve({
    status: 200,
    headers: { 'Cache-Control': `public, max-age=${jwksMaxAge}` },
    body: services.keyring.jwks,
  })
}
