import { fill, formatTime } from '../../language.ts'
import { Loading, useLoad } from '../../load.tsx'
import { client } from '../../session.ts'
import { perform } from '../notice.tsx'
import { consoleTexts } from '../texts.ts'

/** The networks from which the user cannot sign in at the moment. */
export function UserLockouts({ id }: { id: string }) {
  const t = consoleTexts.value.lockouts
  const state = useLoad(id, () => client.listLockouts(id))
  const lift = async () => {
    await perform(() => client.liftLockouts(id), t.lifted)
    state.reload()
  }
  return (
    <section>
      <h2>{t.title}</h2>
      <Loading state={state}>
        {({ lockouts }) =>
          lockouts.length === 0 ? (
            <p class="hint">{t.noneOfUser}</p>
          ) : (
            <>
              <ul>
                {lockouts.map(({ network, expires_at }) => (
                  <li key={network ?? ''}>
                    {fill(t.until, { network: network ?? t.unknownNetworks, time: formatTime(expires_at) })}
                  </li>
                ))}
              </ul>
              <button type="button" class="secondary" onClick={() => void lift()}>
                {t.lift}
              </button>
            </>
          )
        }
      </Loading>
    </section>
  )
}
