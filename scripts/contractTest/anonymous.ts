import { randomBytes, randomUUID } from 'node:crypto'
import type { Call, Reply } from './call.ts'
import { callGet } from './everyOperation.ts'

/**
 * Tests what an anonymous client may do. The calls register no user. They cause no mail, because the email addresses
 * have no account.
 */
export async function testAnonymously(call: Call): Promise<void> {
  const email = `${randomUUID()}@example.com`
  const password = randomBytes(16).toString('base64url')
  const code = randomBytes(27).toString('base64url')
  const token = 'an.unknown.token'
  const differentPasswords = { email, password, password_confirm: `${password}!` }
  const newPassword = { code, password, password_confirm: password }

  await call('resendActivation', 'an unknown address', 200, { body: { email } })
  await call('forgotPassword', 'an unknown address', 200, { body: { email } })
  await call('createToken', 'an unknown address', '401 no_active_account', { body: { email, password } })
  await call('registerUser', 'two different passwords', '400 invalid', { body: differentPasswords })

  for (const operationId of ['confirmActivation', 'confirmEmail', 'undoEmailChange'])
    await call(operationId, 'an unknown code', '400 code_invalid', { body: { code } })
  await call('restorePassword', 'an unknown code', '400 code_invalid', { body: newPassword })
  const path = `/api/v1/users/activate/?code=${code}`
  await call('activateUser', 'an unknown code', '400 code_invalid', { path })
  await call('activateUser', 'without a code', '400 invalid')
  const check = ({ headers: { location = '' } }: Reply) =>
    location.includes(code) ? [] : [`header location ${location} does not have the code`]
  await call('activateUser', 'a browser', 303, { path, headers: { Accept: 'text/html' }, check })

  await call('refreshToken', 'an unknown token', '401 token_not_valid', { body: { refresh: token } })
  await call('verifyToken', 'an unknown token', '401 token_not_valid', { body: { token } })
  await call('revokeToken', 'an unknown token', 200, { body: { refresh: token } })

  await callGet(call, 'getJwks', 'the keys', 200, { path: '/.well-known/jwks.json' })
  await callGet(call, 'getDiscovery', 'the metadata', 200, { path: '/.well-known/openid-configuration' })
  await callGet(call, 'getLiveness', 'the state', 200, { path: '/health/live' })
  await callGet(call, 'getReadiness', 'the state', 200, { path: '/health/ready' })
  await callGet(call, 'getContract', 'the document', 200, { path: '/openapi.yaml' })
  await callGet(call, 'getContractJson', 'the document', 200, { path: '/openapi.json' })
}
