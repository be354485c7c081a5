import { Client } from 'gatehouse-sdk'
import { deleteNote } from './notes.ts'

const { ACCOUNTS = 'http://localhost:8000', SUPERUSER = '', SUPERUSER_PASSWORD = '' } = process.env
const twoDaysAgo = new Date(Date.now() - 2 * 24 * 3600 * 1000).toISOString()

const client = new Client({ baseUrl: ACCOUNTS })
await client.createToken({ email: SUPERUSER, password: SUPERUSER_PASSWORD })
for await (const { user } of client.iterateSecurityEvents({ type: 'user_deleted', timestamp_after: twoDaysAgo }))
  if (user) deleteNote(user)
await client.signOut()
