/**
 * Starts the service of the repository that contains this file, in production mode, and prints its URL.
 * contract:mutate runs this script in a changed copy of the repository. Passwords are hashed with hardly any work.
 * The process ends when its standard input ends.
 */
import { pino } from 'pino'
import { loadConfig } from '../../src/config/config.ts'
import { LocalHashQueue } from '../../src/domain/passwords/hashQueue.ts'
import { quickHashing } from '../../src/sandbox/quickHashing.ts'
import { startService } from '../../src/service.ts'

const { config } = loadConfig({ ...process.env, NODE_ENV: 'production', PORT: '0' })
const service = await startService(config, config.secretKey ?? '', {
  log: pino({ level: 'silent' }),
  onWaiting: (sentence) => {
    console.error(sentence)
  },
  hashQueue: new LocalHashQueue(quickHashing),
})
await service.ready
console.log(service.url)
process.stdin.resume().on('end', () => {
  process.exit()
})
