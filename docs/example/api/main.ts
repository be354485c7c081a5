import cors from '@koa/cors'
import Router from '@koa/router'
import Koa, { type Context } from 'koa'
import readBody from 'raw-body'
import { findNote, listNotes, saveNote } from './notes.ts'
import { findUser, type User } from './verify.ts'

const { PORT = '3000', WEB = 'http://localhost:5173' } = process.env

const router = new Router<{ user: User }>()

router.get('/note', (context) => {
  context.body = findNote(context.state.user.id)
})

router.put('/note', async (context) => {
  const text = await readBody(context.req, { encoding: 'utf8', limit: '10kb' })
  saveNote({ user: context.state.user.id, text })
  context.status = 204
})

router.get('/notes', (context) => {
  if (!context.state.user.isAdmin) context.throw(403, 'For administrators only.')
  context.body = listNotes()
})

async function requireUser(context: Context, next: () => Promise<unknown>): Promise<void> {
  const user = await findUser(context.get('Authorization'))
  if (!user) context.throw(401, 'A valid access token is required.', { headers: { 'WWW-Authenticate': 'Bearer' } })
  context.state['user'] = user
  await next()
}

new Koa()
  .use(cors({ origin: (context) => (context.get('Origin') === WEB ? WEB : '') }))
  .use(requireUser)
  .use(router.routes())
  .use(router.allowedMethods())
  .listen(Number(PORT), '127.0.0.1')
