import { jwksMaxAge } from '../domain/keys/keyring.ts'
import type { OperationContext, Reply } from './context.ts'

export function getDiscovery({ services }: OperationContext<'getDiscovery'>): Promise<Reply<'getDiscovery'>> {
  const { jwtIssuer, baseUrl } = services.config
  return Promise.resolve({
    status: 200,
    headers: { 'Cache-Control': `public, max-age=${jwksMaxAge}` },
    body: {
      issuer: jwtIssuer,
      // Does not use the Host of the request. A client can forge it, and a cache would give the forged URL to every
      // verifier.
      jwks_uri: `${baseUrl}/.well-known/jwks.json`,
      response_types_supported: [],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
    },
  })
}
