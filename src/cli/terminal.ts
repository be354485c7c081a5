/** What a command knows of the process that runs it. Tests give another one. */
export type Terminal = {
  environment: Record<string, string | undefined>
  /** The working directory, where `.env` is. */
  folder: string
  /** Whether a person can answer questions. */
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
