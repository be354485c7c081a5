import type { ComponentChildren } from 'preact'
import { useCallback, useEffect, useState } from 'preact/hooks'
import { Problem } from '../../generated/sdk/index.ts'
import { explain } from './explain.ts'
import { goToSignIn, isSignedIn } from './session.ts'
import { texts } from './texts.ts'

type Loaded<Data> = { data?: Data | undefined; error?: unknown }

/** The state of a load, and a function that loads again. */
export type LoadState<Data> = Loaded<Data> & { isStale: boolean; reload: () => void }

/**
 * Loads data for a page, and again when `key` changes or `reload` is called. A result that arrives after the key has
 * changed is ignored.
 * @param keepsData whether the former data are returned until others are loaded, or after an error
 */
export function useLoad<Data>(key: string, load: () => Promise<Data>, { keepsData = false } = {}): LoadState<Data> {
  const [loaded, setLoaded] = useState<Loaded<Data> & { key: string }>({ key })
  const [round, setRound] = useState(0)
  useEffect(() => {
    let isCurrent = true
    const show = (result: Loaded<Data>) => {
      if (isCurrent) setLoaded((before) => ({ key, ...(keepsData ? { data: before.data } : {}), ...result }))
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
  const isStale = loaded.key !== key
  const { data, error } = loaded
  if (!isStale) return { data, error, isStale, reload }
  return { data: keepsData ? data : undefined, isStale, reload }
}

type Props<Data> = { state: LoadState<Data>; children: (data: Data) => ComponentChildren }

/** Shows the loaded data, a loading message, or the reason why loading failed. */
export function Loading<Data>({ state: { data, error, reload }, children }: Props<Data>) {
  if (error !== undefined) return <LoadError error={error} reload={reload} />
  return data === undefined ? <p class="hint">{texts.value.loading}</p> : <>{children(data)}</>
}

/** Says why data could not be loaded, with a button that loads again. */
export function LoadError({ error, reload }: { error: unknown; reload: () => void }) {
  if (error instanceof Problem && error.status === 401 && !isSignedIn.value) goToSignIn()
  const { alert = texts.value.problems.unavailable } = explain(error)
  return (
    <div class="failure">
      <p role="alert">{alert}</p>
      <button type="button" class="secondary" onClick={reload}>
        {texts.value.tryAgain}
      </button>
    </div>
  )
}
