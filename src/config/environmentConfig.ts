import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { StartError } from '../problems.ts'
import { loadConfig, type Config, type Purpose } from './config.ts'
import { parseEnvFile } from './envFile.ts'

type Environment = Record<string, string | undefined>

/**
 * Loads the configuration from the environment and from the file `.env` in a folder.
 * @throws ConfigError when the value of a setting is invalid
 * @throws StartError when `.env` cannot be read
 */
export async function loadEnvironmentConfig(
  environment: Environment = process.env,
  folder = '.',
  purpose: Purpose = 'service',
): Promise<{ config: Config; warnings: string[] }> {
  return loadConfig(environment, await readEnvFile(folder), purpose)
}

/**
 * Reads a setting that only a command uses.
 * @returns the value, or '' when neither the environment nor `.env` has it
 */
export async function readEnvironmentValue(name: string, environment: Environment, folder: string): Promise<string> {
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
