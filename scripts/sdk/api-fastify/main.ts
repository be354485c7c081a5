import fastify from 'fastify'
import { registerVerifier, requireUser } from './verify.ts'

declare module '@fastify/jwt' {
  interface FastifyJWT {
    user: { sub: string }
  }
}

const app = fastify()
await registerVerifier(app)
app.get('/me', { onRequest: requireUser }, (request) => ({ user: request.user.sub }))
await app.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' })
