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
    // Another user has signed in in another tab. This page shows the data of the former user.
    if (tokens?.access === '' && user.value) location.reload()
    isSignedIn.value = tokens !== undefined
    if (!tokens) user.value = undefined
  },
})
isSignedIn.value = client.tokens !== undefined

let isLeaving = false

/** Goes to another page after some work, which ends the session. @returns false if the session has not ended */
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
