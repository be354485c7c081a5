import { signal } from '@preact/signals'
import { Client, type User } from '../../generated/sdk/index.ts'
import { pathOf, settings } from './settings.ts'

/** Whether the browser has a session. It changes when the user signs in or out in this tab or another one. */
export const isSignedIn = signal(false)

/** The signed-in user, once it is loaded. */
export const user = signal<User | undefined>(undefined)

export const client = new Client({
  baseUrl: settings.basePath,
  storage: 'cookie',
  onTokens: (tokens) => {
    isSignedIn.value = tokens !== undefined
    if (!tokens) user.value = undefined
  },
})
isSignedIn.value = client.tokens !== undefined

let isLeaving = false

/** Goes to another page after some work, which ends the session. */
export async function leaveAfter(work: () => Promise<unknown>, url: string): Promise<void> {
  isLeaving = true
  try {
    await work()
    location.assign(url)
  } catch (error) {
    isLeaving = false
    throw error
  }
}

/** Goes to the sign-in page, from which the user returns to this page. */
export function goToSignIn(): void {
  if (isLeaving) return
  const { pathname, search } = location
  location.assign(`${pathOf('sign-in')}?${new URLSearchParams({ return_to: pathname + search })}`)
}
