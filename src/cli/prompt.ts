import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { StartError } from '../problems.ts'

/**
 * Asks one question at the terminal and returns the answer.
 * @throws StartError when the operator presses Ctrl-C or Ctrl-D
 */
export async function prompt(question: string, { hidden = false } = {}): Promise<string> {
  const unseen = new Writable({
    write: (_chunk, _encoding, done) => {
      done()
    },
  })
  const reader = createInterface({ input: process.stdin, output: hidden ? unseen : process.stdout, terminal: true })
  if (hidden) process.stdout.write(question)
  try {
    return await new Promise<string>((resolve, reject) => {
      const cancel = () => {
        reject(new StartError('Cancelled: nothing was changed.'))
      }
      reader.once('SIGINT', cancel).once('close', cancel)
      void reader.question(hidden ? '' : question).then(resolve, reject)
    })
  } finally {
    reader.close()
    if (hidden) process.stdout.write('\n')
  }
}
