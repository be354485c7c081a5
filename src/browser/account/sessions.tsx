import { useState } from 'preact/hooks'
import type { Session } from '../../../generated/sdk/index.ts'
import { explain } from '../explain.ts'
import { fill, formatTime } from '../language.ts'
import { Loading, useLoad } from '../load.tsx'
import { nameDevice } from '../logs/device.ts'
import { Page } from '../page.tsx'
import { client } from '../session.ts'
import { accountTexts } from './texts.ts'

export function Sessions() {
  const t = accountTexts.value.sessions
  const state = useLoad('sessions', () => client.listSessions({ page_size: 100 }))
  const [notice, setNotice] = useState<{ role: 'status' | 'alert'; text: string }>()
  const run = async (work: () => Promise<unknown>, done: string) => {
    try {
      await work()
      setNotice({ role: 'status', text: done })
    } catch (error) {
      setNotice({ role: 'alert', text: explain(error).alert ?? '' })
    }
    state.reload()
  }
  const end = (id: string) => () => void run(() => client.revokeSession(id), t.ended)
  const endOthers = () => void run(() => client.revokeSessions({ keep_current: true }), t.endedOthers)
  return (
    <Page title={t.title} isNew>
      {notice && <p role={notice.role}>{notice.text}</p>}
      <Loading state={state}>
        {({ results }) => (
          <>
            <ul class="list">
              {results.map((session) => (
                <SessionItem key={session.id} session={session} end={end(session.id)} />
              ))}
            </ul>
            {results.length === 1 ? (
              <p class="hint">{t.only}</p>
            ) : (
              <button type="button" class="danger" onClick={endOthers}>
                {t.endOthers}
              </button>
            )}
          </>
        )}
      </Loading>
    </Page>
  )
}

function SessionItem({ session, end }: { session: Session; end: () => void }) {
  const t = accountTexts.value.sessions
  const { created_at, last_used_at, last_ip_address, last_user_agent, is_current } = session
  const times = { last: formatTime(last_used_at), first: formatTime(created_at), address: last_ip_address }
  return (
    <li>
      <div>
        <strong>{nameDevice(last_user_agent)}</strong> {is_current && <span class="badge">{t.current}</span>}
        <p class="hint">{fill(t.details, times)}</p>
      </div>
      {!is_current && (
        <button type="button" class="secondary" onClick={end}>
          {t.end}
        </button>
      )}
    </li>
  )
}
