/** Counts the operations that failed, by the case and the reason. */
export class Failures {
  readonly counts: Record<string, number> = {}

  of(name: string): (some: Record<string, number>) => void {
    return (some) => {
      for (const [reason, count] of Object.entries(some)) {
        const key = `${name}: ${reason}`
        this.counts[key] = (this.counts[key] ?? 0) + count
      }
    }
  }
}
