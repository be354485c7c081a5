import { readOrCreateDevelopmentKey } from './developmentKey.ts'
import { StartError } from '../problems.ts'
import type { SettingsReader } from './settingsReader.ts'
import { derivedSettings } from './settings.ts'

type Keys = { key: string | undefined; previousKeys: readonly string[]; production: boolean; isService: boolean }

/**
 * Checks the current key and the previous keys. The service still accepts signatures of the previous keys, so
 * previous keys must be as strong as the current key. Only the service requires a key: most commands use none.
 */
export function checkSecretKeys({ key, previousKeys, production, isService }: Keys, reader: SettingsReader) {
  if (key !== undefined) checkStrength(derivedSettings.secretKey, key, production, reader)
  else if (production && isService)
    reader.addError(derivedSettings.secretKey, 'is missing: in production, generate a random text once and set it')
  for (const each of previousKeys) checkStrength(derivedSettings.previousSecretKeys, each, production, reader)
}

type SecretKeySettings = { secretKey: string | undefined; production: boolean; dataDir: string }

/**
 * Returns SECRET_KEY, or outside of production the development key if SECRET_KEY is not set.
 * @throws StartError when there is no key
 */
export async function readSecretKey({ secretKey, production, dataDir }: SecretKeySettings): Promise<string> {
  if (secretKey !== undefined) return secretKey
  if (production) throw new StartError('SECRET_KEY is missing: set it to the key with which the service runs.')
  return readOrCreateDevelopmentKey(dataDir)
}

function checkStrength(
  setting: { name: string; example: string },
  key: string,
  production: boolean,
  reader: SettingsReader,
) {
  const weakness = weaknessOf(key)
  if (weakness === undefined) return
  if (production)
    reader.addError(setting, `is weak: ${weakness}; in production, generate a random text once and set it`)
  else
    reader.warnings.push(
      `${setting.name} is weak: ${weakness}. The service does not start with it when NODE_ENV is production.`,
    )
}

function weaknessOf(key: string) {
  if (key.length < 32) return 'it has fewer than 32 characters'
  if (new Set(key).size < 10) return 'it has fewer than 10 different characters'
  if (key.startsWith('django-insecure-')) return 'Django generated it for development'
  return undefined
}
