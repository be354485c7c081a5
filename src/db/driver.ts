import type { QueryResult } from 'pg'
import {
  BackendTerminatedError,
  BackendTerminatedUnexpectedlyError,
  createDriverFactory,
  type DriverCommand,
  type DriverFactory,
  type DriverQueryResult,
} from 'slonik'
import { Client, type DatabaseClientConfig } from './client.ts'
import { setUpSession } from './clientConfig.ts'
import { typeParsers } from './typeParsers.ts'

/** A placeholder: Slonik requires a URL, but the driver below ignores the URL and uses its own options. */
export const slonikUrl = 'postgres://'

/** Creates a driver of Slonik that uses pg. Slonik's default driver ignores most parameters of the URL. */
export function createDriver(config: DatabaseClientConfig): DriverFactory {
  return createDriverFactory(() =>
    Promise.resolve({
      createPoolClient({ clientEventEmitter }) {
        const client = new Client({ ...config, types: typeParsers })
        const onError = (error: Error) => {
          clientEventEmitter.emit('error', classifyError(error))
        }
        client.on('error', onError)
        return Promise.resolve({
          async connect() {
            await client.connect()
            await setUpSession(client).catch(async (error: unknown) => {
              await client.end()
              throw error
            })
          },
          async end() {
            await client.end()
            client.off('error', onError)
          },
          async query(text, values, options) {
            const named = options?.name === undefined ? {} : { name: options.name }
            try {
              return toDriverResult(await client.query({ ...named, text, ...(values ? { values } : {}) }))
            } catch (error) {
              throw classifyError(error as Error)
            }
          },
          stream() {
            throw new Error('rows are read in pages, not as a stream')
          },
        })
      },
    }),
  )
}

function toDriverResult({ command, fields, rowCount, rows }: QueryResult<Record<string, unknown>>): DriverQueryResult {
  return {
    command: command as DriverCommand,
    fields: fields.map(({ dataTypeID, name }) => ({ dataTypeId: dataTypeID, name })),
    rowCount,
    rows,
  }
}

/**
 * Converts the error of a lost connection to Slonik's error class, because Slonik sends no rollback after an error of
 * that class. Other errors stay as they are.
 */
function classifyError(error: Error & { code?: unknown }): Error {
  const message = error.message.toLowerCase()
  if (message.includes('connection terminated unexpectedly')) return new BackendTerminatedUnexpectedlyError(error)
  // After a time-out of pg, the connection still waits for the reply to the statement, so the connection cannot be
  // used again.
  if (message.includes('connection terminated') || message === 'query read timeout' || error.code === '57P01')
    return new BackendTerminatedError(error)
  return error
}
