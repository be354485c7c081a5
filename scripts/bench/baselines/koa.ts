import { generateKeyPairSync, sign, verify } from 'node:crypto'
import Koa from 'koa'
import pg from 'pg'

// The least that a service on Koa does. /fixed replies with a fixed JSON. /me verifies an ES256 token and selects one
// row by its primary key. It reads PORT and DATABASE_URL.

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 10 })
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const dsaEncoding = 'ieee-p1363'
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

function makeToken(sub: number): string {
  const claims = { sub, exp: Math.floor(Date.now() / 1000) + 3600 }
  const text = `${encode({ alg: 'ES256', typ: 'at+jwt' })}.${encode(claims)}`
  return `${text}.${sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding }).toString('base64url')}`
}

function readToken(token: string): { sub: number } | undefined {
  const end = token.lastIndexOf('.')
  const signature = Buffer.from(token.slice(end + 1), 'base64url')
  if (!verify('sha256', Buffer.from(token.slice(0, end)), { key: publicKey, dsaEncoding }, signature)) return undefined
  const text = Buffer.from(token.slice(token.indexOf('.') + 1, end), 'base64url').toString()
  const claims = JSON.parse(text) as { sub: number; exp: number }
  return claims.exp > Date.now() / 1000 ? claims : undefined
}

const select = 'select id, email, first_name, last_name, created_at from account where id = $1'

const app = new Koa()
app.use(async (ctx) => {
  if (ctx.path === '/me') {
    const claims = readToken(ctx.get('authorization').slice('Bearer '.length))
    if (!claims) return ctx.throw(401)
    const { rows } = await pool.query<object>({ name: 'me', text: select, values: [claims.sub] })
    ctx.body = rows[0]
  } else if (ctx.path === '/fixed') {
    ctx.body = { id: 1, email: 'person1@example.com', first_name: '', last_name: '' }
  } else if (ctx.path === '/token') {
    ctx.body = { access: makeToken(Number(ctx.query['user'])) }
  } else {
    await pool.query('select 1')
    ctx.body = {}
  }
})
app.listen(Number(process.env['PORT']), '127.0.0.1')
