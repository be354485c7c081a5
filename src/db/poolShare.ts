/** The smallest share of a pool: with fewer connections, requests of one process would wait for each other. */
const least = 0.4

/**
 * Returns the size of a pool in one of several processes of a service. Two processes have together as many
 * connections as a single one.
 * @param size the size of the pool in a single process
 */
export function poolShare(size: number, processes: number): number {
  return Math.max(Math.ceil(size / processes), Math.ceil(size * least))
}
