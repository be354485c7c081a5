import { readFile } from 'node:fs/promises'
import { loadConfig, type Config } from './config.ts'
import { parseEnvFile } from './envFile.ts'
import { StartError } from '../problems.ts'

/**
 * Loads the configuration of this process from its environment and from `.env` in the working directory. Warnings go
 * to standard error.
 * @throws ConfigError when settings are wrong
 * @throws StartError when `.env` cannot be read
 */
export async function loadProcessConfig(): Promise<Config> {
  const { config, warnings } = loadConfig(process.env, await readEnvFile())
  for (const warning of warnings) console.warn(`Warning: ${warning}`)
  return config
}

/** Returns a value that only a command uses, from the environment or `.env`; empty when it is not set. */
export async function readProcessValue(name: string): Promise<string> {
  return process.env[name] ?? parseEnvFile(await readEnvFile()).get(name) ?? ''
}

async function readEnvFile(): Promise<string> {
  try {
    return await readFile('.env', 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return ''
    throw new StartError(`.env cannot be read (${message}): fix its permissions, or remove it.`)
  }
}
