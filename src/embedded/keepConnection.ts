import type { Client } from 'pg'
import { closeConnection, type ServerConnection } from './serverConnection.ts'

const ignore = () => undefined

/** Keeps the connection of this process to the server, and joins the server again when the connection is lost. */
export function keepConnection(first: Client, rejoin: () => Promise<ServerConnection | undefined>) {
  let client: Client | undefined
  let released = false
  const joinAgain = async () => {
    const next = (await rejoin().catch(ignore))?.client
    if (next && released) closeConnection(next)
    else if (next) keep(next)
    else if (!released) setTimeout(() => void joinAgain(), 250).unref()
  }
  const keep = (kept: Client) => {
    client = kept.once('end', () => {
      client = undefined
      if (!released) setTimeout(() => void joinAgain(), 50).unref()
    })
  }
  keep(first)
  /** @returns the current connection, which the caller must close */
  const release = () => {
    released = true
    return client
  }
  return { release }
}
