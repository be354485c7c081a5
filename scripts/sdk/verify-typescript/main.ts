import { createInterface } from 'node:readline'
import { errors } from 'jose'
import { verify } from './verify.ts'

for await (const line of createInterface({ input: process.stdin })) {
  const [name, token = ''] = line.split(' ')
  const outcome = await verify(token).then(
    ({ sub }) => sub,
    (error: unknown) => {
      if (error instanceof errors.JOSEError) return 'refused'
      throw error
    },
  )
  console.log(name, outcome)
}
