import { accessSync, constants } from 'node:fs'

/**
 * Returns the reason why a program is not available, or undefined if it is available.
 * @param debianPackage the package of Debian that installs the program at the path
 */
export function missingProgram(path: string, debianPackage: string): string | undefined {
  try {
    accessSync(path, constants.X_OK)
    return undefined
  } catch {
    return `${path} is not installed (apt-get install ${debianPackage})`
  }
}
