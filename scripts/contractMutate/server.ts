/**
 * Starts the service of the repository that contains this file, in production mode, and prints its URL.
 * contract:mutate runs this script in a changed copy of the repository. Passwords are hashed with hardly any work.
 * The process ends when its standard input ends.
 */
import { pino } from 'pino'
import { loadConfig } from '../../src/config/config.ts'
import { runHashTask } from '../../src/domain/passwords/hashTask.ts'
import { startService } from '../../src/service.ts'

const { config } = loadConfig({ ...process.env, NODE_ENV: 'production', PORT: '0' })
const service = await startService(config, config.secretKey ?? '', {
  log: pino({ level: 'silent' }),
  onWaiting: (sentence) => {
    console.error(sentence)
  },
  hashRunner: { run: (task) => runHashTask(task, { logN: 4, r: 1, p: 1 }), stop: () => undefined },
})
await service.ready
console.log(service.url)
process.stdin.resume().on('end', () => {
  process.exit()
})
