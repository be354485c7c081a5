/** How often a race is run: every order that a test makes comes up in six rounds. .ci/run asks for more in one of its runs. */
export const rounds = Number(process.env['RACE_ROUNDS'] ?? 6)
