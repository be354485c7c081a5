/** How often a race is run. Six rounds cover every order that a test can produce. A job of .ci/run sets more. */
export const rounds = Number(process.env['RACE_ROUNDS'] ?? 6)
