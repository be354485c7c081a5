import { signal } from '@preact/signals'
import type { Call } from '../../generated/sdk/calls.ts'
import { Client, Problem, type Credentials, type User } from '../../generated/sdk/index.ts'
import { pathOf, settings } from './settings.ts'

/** Whether the browser has a session. It changes when the user signs in or out in this tab or another one. */
export const isSignedIn = signal(false)

/** The signed-in user, once it is loaded. */
export const user = signal<User | undefined>(undefined)

/** Whether the browser lets this page store data. A browser that blocks localStorage also blocks cookies. */
export const canStore = isStorageAllowed()

const endings = ['user_inactive', 'user_not_found'] as const
export type AccountEnd = (typeof endings)[number]

/** Why the account can no longer be used, after any call has failed for this reason. */
export const accountEnd = signal<AccountEnd | undefined>(undefined)

class PageClient extends Client {
  protected override send<T>(call: Call): Promise<T> {
    return super.send<T>(call).catch((error: unknown) => {
      if (error instanceof Problem) noteLoss(error.code)
      throw error
    })
  }
}

export const client = new PageClient({
  baseUrl: settings.basePath,
  storage: canStore ? 'cookie' : 'memory',
  onTokens: (tokens) => {
    // Another user has signed in in another tab. This page shows the data of the former user.
    if (tokens?.access === '' && user.value) location.reload()
    isSignedIn.value = tokens !== undefined
    if (!tokens) user.value = undefined
  },
})
isSignedIn.value = client.tokens !== undefined

/** Notes that the user has lost the account, or the rights of a superuser. */
function noteLoss(code: string): void {
  accountEnd.value ??= endings.find((ending) => ending === code)
  if (code === 'permission_denied' && user.value) user.value = { ...user.value, is_superuser: false }
}

function isStorageAllowed(): boolean {
  try {
    localStorage.setItem('gatehouse-test', '')
    localStorage.removeItem('gatehouse-test')
    return true
  } catch {
    return false
  }
}

/** The browser has not kept the refresh cookie, so that the session would end with the page. */
export class CookieRefused extends Error {}

/** Signs in, and checks that the browser has kept the cookie. @throws CookieRefused, or as createToken */
export async function signIn(credentials: Credentials): Promise<void> {
  await client.createToken(credentials)
  if (await client.resume()) return
  const current = (await client.listSessions()).results.find(({ is_current }) => is_current)
  if (current) await client.revokeSession(current.id)
  await client.signOut()
  throw new CookieRefused()
}

let isLeaving = false

/** Runs work that ends the session, and then goes to another page. @returns false if the session has not ended */
export async function leaveAfter(work: () => Promise<boolean>, url: string): Promise<boolean> {
  isLeaving = true
  const hasEnded = await work().finally(() => {
    isLeaving = false
  })
  if (hasEnded) location.assign(url)
  return hasEnded
}

/** Goes to the sign-in page, from which the user returns to this page. */
export function goToSignIn(): void {
  if (isLeaving) return
  const { pathname, search } = location
  location.assign(`${pathOf('sign-in')}?${new URLSearchParams({ return_to: pathname + search })}`)
}
