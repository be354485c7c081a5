const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** `ended` resolves on a signal to stop, and when the parent process has ended. */
export function waitForEnd(): { ended: Promise<void>; stopWaiting: () => void } {
  const parent = process.ppid
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const end = () => {
    resolve(undefined)
  }
  const timer = setInterval(() => {
    if (process.ppid !== parent) end()
  }, 500)
  for (const signal of signals) process.on(signal, end)
  const stopWaiting = () => {
    clearInterval(timer)
    for (const signal of signals) process.off(signal, end)
  }
  return { ended: promise, stopWaiting }
}
