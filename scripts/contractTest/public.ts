import { randomBytes, randomUUID } from 'node:crypto'
import { askGet } from './general.ts'
import type { Ask, Seen } from './probe.ts'

/** What anybody may ask. Nobody is registered, and no mail goes out: the addresses belong to no account. */
export async function askPublicly(ask: Ask): Promise<void> {
  const email = `${randomUUID()}@example.com`
  const password = randomBytes(16).toString('base64url')
  const code = randomBytes(27).toString('base64url')
  const nobody = { what: 'an unknown address', status: 200 }
  await ask({ operationId: 'resendActivation', ...nobody, body: { email } })
  await ask({ operationId: 'forgotPassword', ...nobody, body: { email } })
  const noAccount = { status: 401, code: 'no_active_account' }
  await ask({ operationId: 'createToken', what: 'an unknown address', body: { email, password }, ...noAccount })
  const differ = { email, password, password_confirm: `${password}!` }
  const invalid = { status: 400, code: 'invalid' }
  await ask({ operationId: 'registerUser', what: 'two passwords that differ', body: differ, ...invalid })
  await askWithForeignCode(ask, code, password)
  await askWithForeignToken(ask)
  const service = { getJwks: '/.well-known/jwks.json', getLiveness: '/health/live', getReadiness: '/health/ready' }
  const documents = { getContract: '/openapi.yaml', getContractJson: '/openapi.json' }
  for (const [operationId, path] of Object.entries({ ...service, ...documents }))
    await askGet(ask, { operationId, what: 'as it is', path, status: 200 })
}

async function askWithForeignCode(ask: Ask, code: string, password: string): Promise<void> {
  const invalid = { what: 'a code of nobody', status: 400, code: 'code_invalid' }
  const path = `/api/v1/users/activate/?code=${code}`
  await ask({ operationId: 'activateUser', ...invalid, path })
  await ask({ operationId: 'activateUser', what: 'without a code', status: 400, code: 'invalid' })
  const headers = { Accept: 'text/html' }
  const also = ({ headers: { location = '' } }: Seen) =>
    location.includes(code) ? [] : [`header location ${location} does not have the code`]
  await ask({ operationId: 'activateUser', what: 'a browser', path, headers, status: 303, also })
  for (const operationId of ['confirmActivation', 'confirmEmail', 'undoEmailChange'])
    await ask({ operationId, ...invalid, body: { code } })
  const body = { code, password, password_confirm: password }
  await ask({ operationId: 'restorePassword', ...invalid, body })
}

async function askWithForeignToken(ask: Ask): Promise<void> {
  const token = 'of.nobody.atall'
  const invalid = { what: 'a token of nobody', status: 401, code: 'token_not_valid' }
  await ask({ operationId: 'refreshToken', ...invalid, body: { refresh: token } })
  await ask({ operationId: 'verifyToken', ...invalid, body: { token } })
  await ask({ operationId: 'revokeToken', what: 'a token of nobody', body: { refresh: token }, status: 200 })
}
