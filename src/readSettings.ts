import { readFile } from 'node:fs/promises'
import { loadConfig, type Config } from './config.ts'
import { StartError } from './problems.ts'

/** Reads the environment and `.env` of the working directory, warns on standard error. @throws ConfigError, StartError */
export async function readSettings(): Promise<Config> {
  const envFile = await readFile('.env', 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw new StartError(`.env cannot be read (${error.message}): mend its permissions, or take it away.`)
  })
  const { config, warnings } = loadConfig(process.env, envFile)
  for (const warning of warnings) console.warn(`Warning: ${warning}`)
  return config
}
