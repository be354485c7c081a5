import pg, { type ClientConfig, type QueryResult } from 'pg'
import {
  BackendTerminatedError,
  BackendTerminatedUnexpectedlyError,
  createDriverFactory,
  type DriverCommand,
  type DriverFactory,
  type DriverQueryResult,
} from 'slonik'
import { setUpSession } from './connection.ts'
import { typeParsers } from './typeParsers.ts'

/** Slonik wants a URL; the driver knows where to connect. */
export const slonikUrl = 'postgres://'

/** What Slonik calls a driver, over pg. Slonik's own reads the URL and drops most of its parameters. */
export function createDriver(config: ClientConfig): DriverFactory {
  return createDriverFactory(() =>
    Promise.resolve({
      createPoolClient({ clientEventEmitter }) {
        const client = new pg.Client({ ...config, types: typeParsers })
        const onError = (error: Error) => {
          clientEventEmitter.emit('error', explainLoss(error))
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
              return resultOf(await client.query({ ...named, text, ...(values ? { values } : {}) }))
            } catch (error) {
              throw explainLoss(error as Error)
            }
          },
          stream() {
            throw new Error('rows are read by pages, not as a stream')
          },
        })
      },
    }),
  )
}

function resultOf({ command, fields, rowCount, rows }: QueryResult<Record<string, unknown>>): DriverQueryResult {
  return {
    command: command as DriverCommand,
    fields: fields.map(({ dataTypeID, name }) => ({ dataTypeId: dataTypeID, name })),
    rowCount,
    rows,
  }
}

/** By these Slonik knows that there is no transaction left to roll back. Any other error keeps the server's own words. */
function explainLoss(error: Error & { code?: unknown }): Error {
  const words = error.message.toLowerCase()
  if (words.includes('connection terminated unexpectedly')) return new BackendTerminatedUnexpectedlyError(error)
  // After a time-out of pg's the connection still waits for the reply to that statement, so it is of no more use.
  if (words.includes('connection terminated') || words === 'query read timeout' || error.code === '57P01')
    return new BackendTerminatedError(error)
  return error
}
