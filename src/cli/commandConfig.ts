import type { Config } from '../config/config.ts'
import { loadEnvironmentConfig } from '../config/environmentConfig.ts'
import type { Terminal } from './terminal.ts'

/** Reads the settings for a command and prints their warnings. @throws ConfigError, StartError */
export async function loadCommandConfig({ environment, folder, printError }: Terminal): Promise<Config> {
  const { config, warnings } = await loadEnvironmentConfig(environment, folder, 'command')
  for (const warning of warnings) printError(`Warning: ${warning}`)
  return config
}
