import type { EventEmitter } from 'node:events'
import type pg from 'pg'

export type Described = {
  parameters: number[]
  columns: { name: string; typeId: number; tableId: number; columnId: number }[]
}

type RawColumn = { name: string; dataTypeID: number; tableID: number; columnID: number }
type RawConnection = { parse(options: object): void; describe(options: object): void; sync(): void }

/**
 * Requests a description of a statement from PostgreSQL: the types of its parameters, its columns, and the table of
 * each column.
 */
export function describeStatement(client: pg.Client, text: string): Promise<Described> {
  return new Promise((resolve, reject) => {
    const described: Described = { parameters: [], columns: [] }
    // pg has no public function for the protocol's message Describe, so a custom Submittable sends the message.
    const { connection } = client as unknown as { connection: EventEmitter }
    const onParameters = ({ dataTypeIDs }: { dataTypeIDs: number[] }) => {
      described.parameters = dataTypeIDs
    }
    connection.once('parameterDescription', onParameters)
    const ignore = () => undefined
    const submittable = {
      submit(raw: RawConnection) {
        raw.parse({ text })
        raw.describe({ type: 'S' })
        raw.sync()
      },
      handleRowDescription({ fields }: { fields: RawColumn[] }) {
        described.columns = fields.map(({ name, dataTypeID, tableID, columnID }) => ({
          name,
          typeId: dataTypeID,
          tableId: tableID,
          columnId: columnID,
        }))
      },
      handleError(error: Error) {
        connection.off('parameterDescription', onParameters)
        reject(error)
      },
      handleReadyForQuery: () => {
        resolve(described)
      },
      handleDataRow: ignore,
      handleCommandComplete: ignore,
      handleEmptyQuery: ignore,
      handlePortalSuspended: ignore,
    }
    client.query(submittable as unknown as pg.Submittable)
  })
}
