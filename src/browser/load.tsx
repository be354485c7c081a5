import type { ComponentChildren } from 'preact'
import { useCallback, useEffect, useState } from 'preact/hooks'
import { Problem } from '../../generated/sdk/index.ts'
import { explain } from './explain.ts'
import { goToSignIn, isSignedIn } from './session.ts'
import { texts } from './texts.ts'

type Loaded<Data> = { data?: Data; error?: unknown }

/**
 * Loads data for a page, and again when `key` changes or `reload` is called. A result that arrives after the key has
 * changed is ignored.
 */
export function useLoad<Data>(key: string, load: () => Promise<Data>) {
  const [loaded, setLoaded] = useState<Loaded<Data> & { key: string }>({ key })
  const [round, setRound] = useState(0)
  useEffect(() => {
    let isCurrent = true
    const show = (result: Loaded<Data>) => {
      if (isCurrent) setLoaded({ key, ...result })
    }
    load().then(
      (data) => {
        show({ data })
      },
      (error: unknown) => {
        show({ error })
      },
    )
    return () => {
      isCurrent = false
    }
  }, [key, round])
  const reload = useCallback(() => {
    setRound((before) => before + 1)
  }, [])
  return { ...(loaded.key === key ? loaded : {}), reload } as Loaded<Data> & { reload: () => void }
}

type Props<Data> = { state: Loaded<Data> & { reload: () => void }; children: (data: Data) => ComponentChildren }

/** Shows loaded data, that they are being loaded, or why they could not be loaded. */
export function Loading<Data>({ state: { data, error, reload }, children }: Props<Data>) {
  const { loading, tryAgain } = texts.value
  if (error !== undefined) {
    if (error instanceof Problem && error.status === 401 && !isSignedIn.value) goToSignIn()
    const { alert = texts.value.problems.unavailable } = explain(error)
    return (
      <>
        <p role="alert">{alert}</p>
        <button type="button" class="secondary" onClick={reload}>
          {tryAgain}
        </button>
      </>
    )
  }
  return data === undefined ? <p class="hint">{loading}</p> : <>{children(data)}</>
}
