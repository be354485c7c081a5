import type { Logger } from 'pino'
import type { Config } from './config/config.ts'
import type { ConnectedDatabase } from './db/connectDatabase.ts'
import type { Database } from './db/database.ts'
import { warnOfShortRetention } from './jobs/retentionWarning.ts'
import type { SendMailServices } from './mail/sendMail.ts'
import type { Transport } from './mail/transport.ts'
import type { Observability } from './observability.ts'

type JobServices = {
  db: Database
  transport: Transport
  config: Config
  log: Logger
  deliveryTimes: SendMailServices['deliveryTimes']
}

/** Starts the worker, which sends mails and runs the hourly clean-up. */
export async function startJobs(
  { db, transport, config, log, deliveryTimes }: JobServices,
  { url, directUrl }: ConnectedDatabase,
  { onMail, observeTasks }: Observability,
) {
  // These modules are imported after the server listens, because nodemailer and graphile-worker are large.
  const [{ createSendMail }, { cleanUpSchedule, createCleanUp }, { startWorker }] = await Promise.all([
    import('./mail/sendMail.ts'),
    import('./jobs/cleanUp.ts'),
    import('./jobs/worker.ts'),
  ])
  await warnOfShortRetention(db, config, log)
  const sendMail = createSendMail({ db, transport, config, log, deliveryTimes, onResult: onMail })
  const tasks = observeTasks({
    deliver_mail: sendMail,
    send_mail: sendMail, // jobs that a release before 0.4.0 has queued have this name
    clean_up: createCleanUp({ db, config, log }),
  })
  const preparedStatements = config.preparedStatements || directUrl !== url
  return startWorker({ url: directUrl, db, tasks, schedule: [cleanUpSchedule], log, preparedStatements })
}
