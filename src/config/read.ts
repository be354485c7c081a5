import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadConfig, type Config } from './config.ts'
import { parseEnvFile } from './envFile.ts'
import { StartError } from '../problems.ts'

type Environment = Record<string, string | undefined>

/** Reads the settings of the environment and of `.env` in a folder. @throws ConfigError, StartError */
export async function readSettings(
  environment: Environment = process.env,
  folder = '.',
): Promise<{ config: Config; warnings: string[] }> {
  return loadConfig(environment, await readEnvFile(folder))
}

/** Reads a value that only a command uses. @returns '' when neither the environment nor `.env` has it */
export async function readValue(name: string, environment: Environment, folder: string): Promise<string> {
  return environment[name] ?? parseEnvFile(await readEnvFile(folder)).get(name) ?? ''
}

async function readEnvFile(folder: string): Promise<string> {
  try {
    return await readFile(join(folder, '.env'), 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return ''
    throw new StartError(`.env cannot be read (${message}): fix its permissions, or remove it.`)
  }
}
