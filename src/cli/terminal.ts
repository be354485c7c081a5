/** The environment, working directory, input and output that a command uses. Tests replace all four. */
export type Terminal = {
  environment: Record<string, string | undefined>
  /** The working directory, from which a command reads `.env`. */
  folder: string
  /** Whether standard input is a terminal, at which a person can answer prompts. */
  isInteractive: boolean
  print: (text: string) => void
  printError: (text: string) => void
}

export const processTerminal: Terminal = {
  environment: process.env,
  folder: process.cwd(),
  isInteractive: process.stdin.isTTY,
  print: (text) => {
    console.log(text)
  },
  printError: (text) => {
    console.error(text)
  },
}
