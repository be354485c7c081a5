import { StartError } from '../../src/problems.ts'
import { password } from './accountCases.ts'
import { readCode, type System } from './system.ts'

type Body = Record<string, unknown>

/**
 * A front end as it is usually written for Django REST Framework and simplejwt: it repeats a request after a refresh
 * when the reply is 401 with `token_not_valid`, shows the text of an error, and follows `next`.
 */
class FrontEnd {
  readonly #url: string
  #tokens: { access: string; refresh: string } | undefined
  renewals = 0

  constructor(url: string) {
    this.#url = url
  }

  async signIn(email: string): Promise<void> {
    const { status, body } = await this.#send('/api/v1/auth/token/', { email, password })
    if (status !== 200) throw new StartError(`The sign-in failed with ${status}.`)
    this.#tokens = body as { access: string; refresh: string }
  }

  async call(path: string, body?: object): Promise<{ status: number; body: Body }> {
    const reply = await this.#send(path, body)
    if (reply.status !== 401 || reply.body['code'] !== 'token_not_valid' || !this.#tokens) return reply
    const renewed = await this.#send('/api/v1/auth/token/refresh/', { refresh: this.#tokens.refresh })
    if (renewed.status !== 200) return reply
    this.renewals++
    this.#tokens = { ...this.#tokens, ...renewed.body }
    return this.#send(path, body)
  }

  /** Returns the ids of all records of a list. */
  async readAll(path: string): Promise<unknown[]> {
    const ids: unknown[] = []
    for (let next: string | null = path; next !== null;) {
      const { body }: { body: Body } = await this.call(next.replace(this.#url, ''))
      ids.push(...(body['results'] as { id: unknown }[]).map(({ id }) => id))
      next = body['next'] as string | null
    }
    return ids
  }

  async #send(path: string, body?: object): Promise<{ status: number; body: Body }> {
    const reply = await fetch(this.#url + path, {
      method: body ? 'POST' : 'GET',
      headers: {
        'Content-Type': 'application/json',
        ...(this.#tokens ? { Authorization: `Bearer ${this.#tokens.access}` } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    return { status: reply.status, body: (await reply.json()) as Body }
  }
}

/**
 * Signs up and uses an account with the front end.
 * @param untilExpired waits until an access token has expired
 * @returns what the front end has seen, one line for each step
 */
export async function useFrontEnd(system: System, untilExpired: () => Promise<unknown>): Promise<string[]> {
  const email = 'eve@example.com'
  const frontEnd = new FrontEnd(system.url)
  const registration = { email, password, password_confirm: password }
  const registered = await frontEnd.call('/api/v1/users/register/', registration)
  const early = await frontEnd.call('/api/v1/auth/token/', { email, password })
  await frontEnd.call(`/api/v1/users/activate/?code=${await readCode(system, email)}`)
  for (let signIns = 0; signIns < 5; signIns++) await frontEnd.signIn(email)
  const before = await frontEnd.readAll('/api/v1/logs/login/?page_size=2')
  await untilExpired()
  const after = await frontEnd.call('/api/v1/users/me/')
  return [
    `register: ${registered.status}`,
    `sign in before the activation: ${early.status} ${String(early.body['detail'])}`,
    `read the login log in pages of 2: ${before.length} records, ${new Set(before).size} different`,
    `call with an expired access token: ${after.status} ${String(after.body['email'])} after ${frontEnd.renewals} refresh`,
  ]
}
