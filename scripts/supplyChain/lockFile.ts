export type LockedPackage = {
  version: string
  license?: string
  dev?: boolean
  hasInstallScript?: boolean
  integrity?: string
  resolved?: string
  link?: boolean
}
export type LockFile = { packages: Record<string, LockedPackage> }

/** Lists every locked package except the project itself, with its name and its path in node_modules. */
export function lockedPackages(lock: LockFile): (LockedPackage & { name: string; path: string })[] {
  return Object.entries(lock.packages)
    .filter(([path]) => path !== '')
    .map(([path, locked]) => ({ ...locked, path, name: path.split('node_modules/').at(-1) ?? '' }))
}

/** Lists the packages that an installation without development dependencies has, on all platforms together. */
export function productionPackages(lock: LockFile) {
  return lockedPackages(lock).filter(({ dev = false }) => !dev)
}
