import { readFile } from 'node:fs/promises'
import { loadConfig, type Config } from './config.ts'
import { parseEnvFile } from './envFile.ts'
import { StartError } from '../problems.ts'

/** Reads the environment and `.env` of the working directory, warns on standard error. @throws ConfigError, StartError */
export async function readSettings(): Promise<Config> {
  const { config, warnings } = loadConfig(process.env, await readEnvFile())
  for (const warning of warnings) console.warn(`Warning: ${warning}`)
  return config
}

/** A value that is a command's, not the service's, from the environment or `.env`. */
export async function readValue(name: string): Promise<string> {
  return process.env[name] ?? parseEnvFile(await readEnvFile()).get(name) ?? ''
}

async function readEnvFile(): Promise<string> {
  try {
    return await readFile('.env', 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return ''
    throw new StartError(`.env cannot be read (${message}): mend its permissions, or take it away.`)
  }
}
