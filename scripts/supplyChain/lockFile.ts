export type Locked = {
  version: string
  license?: string
  dev?: boolean
  hasInstallScript?: boolean
  integrity?: string
  resolved?: string
  link?: boolean
}
export type LockFile = { packages: Record<string, Locked> }

/** Every package that is locked, the project itself left out, by its name and where it is. */
export function lockedPackages(lock: LockFile): (Locked & { name: string; path: string })[] {
  return Object.entries(lock.packages)
    .filter(([path]) => path !== '')
    .map(([path, locked]) => ({ ...locked, path, name: path.split('node_modules/').at(-1) ?? '' }))
}

/** Those that an installation without development has, on one platform or another. */
export function productionPackages(lock: LockFile) {
  return lockedPackages(lock).filter(({ dev = false }) => !dev)
}
