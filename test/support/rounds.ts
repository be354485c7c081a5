/**
 * How often a race is run. The loser of a race differs from run to run, so the job of .ci/run on PostgreSQL 15 sets
 * more rounds.
 */
export const rounds = Number(process.env['RACE_ROUNDS'] ?? 2)
