import type { TokenPair } from '../../../../generated/sdk/types.ts'

/** Keeps the tokens of the signed-in user. Tabs, workers or processes that share a session share its store. */
export type TokenStore = {
  read(): TokenPair | undefined | Promise<TokenPair | undefined>
  write(tokens: TokenPair | undefined): unknown
  /**
   * Runs one renewal at a time among all clients of the store, and stops waiting when the signal is aborted. Without
   * `lock`, simultaneous renewals get the same tokens from the service, within its grace period.
   */
  lock?<T>(renew: () => Promise<T>, signal: AbortSignal): Promise<T>
  /** Calls `changed` whenever another client has written to the store. */
  subscribe?(changed: () => void): void
}

/** The part of localStorage that a store needs. */
export type KeyValueStorage = {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

type StorageEvents = {
  addEventListener?: (type: 'storage', listener: (event: { key: string | null; storageArea: unknown }) => void) => void
}

/** Keeps the tokens in memory, until the page or the process ends. */
export function memoryStore(tokens?: TokenPair): TokenStore {
  let kept = tokens
  return { read: () => kept, write: (changed) => (kept = changed) }
}

/**
 * Keeps the tokens in localStorage. All tabs of an origin then have one session. If the browser has Web Locks, one
 * tab at a time renews the session.
 */
export function webStore(key = 'gatehouse', storage: KeyValueStorage = localStorage): TokenStore {
  return {
    read: () => parse(storage.getItem(key)),
    write: (tokens) => {
      if (tokens) storage.setItem(key, JSON.stringify(tokens))
      else storage.removeItem(key)
    },
    lock: (renew, signal) => {
      const { locks } = navigator as { locks?: typeof navigator.locks } // only secure contexts have it
      return locks ? locks.request(key, { signal }, renew) : renew()
    },
    subscribe: (changed) => {
      const { addEventListener } = globalThis as StorageEvents
      addEventListener?.('storage', (event) => {
        if (event.storageArea === storage && (event.key === key || event.key === null)) changed()
      })
    },
  }
}

function parse(text: string | null): TokenPair | undefined {
  try {
    return text === null ? undefined : (JSON.parse(text) as TokenPair)
  } catch {
    return undefined // another program has written this value
  }
}
