import express from 'express'
import { requireUser } from './verify.ts'

express()
  .get('/me', requireUser, (request, response) => {
    response.json({ user: request.auth?.payload.sub })
  })
  .listen(Number(process.env['PORT']), '127.0.0.1')
