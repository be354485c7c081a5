// Generated from openapi.yaml by npm run generate. Do not edit.
import { userOf } from './claims.ts'
import type { TokenPair } from './types.ts'

/** Keeps the tokens of the signed-in user. Tabs, workers or processes that share a session share its store. */
export type TokenStore = {
  /** Set if the browser keeps the refresh token in a cookie. `refresh` is then always empty. */
  cookie?: {
    /** Returns the id of the signed-in user. */
    user: () => string | undefined
  }
  read(): TokenPair | undefined | Promise<TokenPair | undefined>
  write(tokens: TokenPair | undefined): unknown
  /**
   * Runs one action at a time among all clients of the store, and stops waiting when the signal is aborted. Actions are
   * renewals and, if the refresh token is in a cookie, all calls that use it. Without `lock`, simultaneous renewals get
   * the same tokens from the service, within its grace period.
   */
  lock?<T>(action: () => Promise<T>, signal: AbortSignal): Promise<T>
  /** Calls `changed` whenever another client has written to the store. */
  subscribe?(changed: () => void): void
}

export type Storage = 'cookie' | 'local' | 'memory' | TokenStore

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
export function localStore(key = 'gatehouse', storage: KeyValueStorage = localStorage): TokenStore {
  return {
    read: () => parse(storage.getItem(key)),
    write: (tokens) => {
      put(storage, key, tokens && JSON.stringify(tokens))
    },
    ...betweenTabs(key, storage),
  }
}

/**
 * Lets the browser keep the refresh token in a cookie that scripts cannot read. Each tab keeps its access token in
 * memory. localStorage has only the user's id, by which the tabs notice a sign-in and a sign-out. After a reload,
 * `access` is empty until the first call.
 */
export function cookieStore(key = 'gatehouse-user', storage: KeyValueStorage = localStorage): TokenStore {
  let kept: TokenPair | undefined
  return {
    cookie: { user: () => storage.getItem(key) ?? undefined },
    read: () => {
      const user = storage.getItem(key)
      if (user === null) kept = undefined
      else if (userOf(kept) !== user) kept = { access: '', refresh: '' }
      return kept
    },
    write: (tokens) => {
      kept = tokens
      put(storage, key, userOf(tokens))
    },
    ...betweenTabs(key, storage),
  }
}

/** @param tokens the tokens of an earlier run, for a store in memory */
export function storeOf(storage: Storage | undefined, tokens: TokenPair | undefined): TokenStore {
  if (storage === 'cookie') return cookieStore()
  if (storage === 'local') return localStore()
  return typeof storage === 'object' ? storage : memoryStore(tokens)
}

function put(storage: KeyValueStorage, key: string, value: string | undefined): void {
  if (value === undefined) storage.removeItem(key)
  else storage.setItem(key, value)
}

function betweenTabs(key: string, storage: KeyValueStorage): Pick<Required<TokenStore>, 'lock' | 'subscribe'> {
  return {
    lock: async (action, signal) => {
      const { locks } = navigator as { locks?: typeof navigator.locks } // only secure contexts have it
      return await (locks ? locks.request(key, { signal }, action) : action())
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
