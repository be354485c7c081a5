import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Problem } from '../../../generated/sdk/index.ts'
import { fill } from '../language.ts'
import { Link } from '../router.tsx'
import { client } from '../session.ts'
import { consoleTexts } from './texts.ts'

/** The email addresses of users by their ids, and undefined for users who have been deleted. */
const addresses = signal<ReadonlyMap<string, string | undefined>>(new Map())
const requested = new Set<string>()
const chains: Promise<unknown>[] = [Promise.resolve(), Promise.resolve(), Promise.resolve(), Promise.resolve()]

export function rememberAddress(id: string, email: string | undefined): void {
  addresses.value = new Map(addresses.value).set(id, email)
}

/** Reads an address once. At most four requests run at the same time, because a page may name many users. */
function readAddress(id: string): void {
  if (addresses.value.has(id) || requested.has(id)) return
  requested.add(id)
  const read = async () => {
    try {
      rememberAddress(id, (await client.getUser(id)).email)
    } catch (error) {
      if (error instanceof Problem && error.status === 404) rememberAddress(id, undefined)
      else requested.delete(id) // the id is shown, and another page tries again
    }
  }
  chains.push(chains.shift()?.then(read) ?? read())
}

/** A user by email address, with a link to the user's page. */
export function Person({ id }: { id: string }) {
  useEffect(() => {
    readAddress(id)
  }, [id])
  const short = id.slice(-8)
  if (addresses.value.has(id) && addresses.value.get(id) === undefined)
    return <span class="hint">{fill(consoleTexts.value.deletedUser, { id: short })}</span>
  return (
    <Link page={`users/${id}`} class="person">
      {addresses.value.get(id) ?? `… ${short}`}
    </Link>
  )
}
