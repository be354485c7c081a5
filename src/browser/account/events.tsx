import type { SecurityEventTypeFilter } from '../../../generated/sdk/index.ts'
import { formatTime } from '../language.ts'
import { nameDevice } from '../logs/device.ts'
import { Loading, useLoad } from '../load.tsx'
import { Pager } from '../logs/pager.tsx'
import { filterQuery } from '../logs/query.ts'
import { logTexts } from '../logs/texts.ts'
import { Page } from '../page.tsx'
import { navigate, place } from '../router.tsx'
import { client, user } from '../session.ts'
import { pathOf } from '../settings.ts'
import { accountTexts } from './texts.ts'

const page = 'events'

export function Events() {
  const t = accountTexts.value.events
  const { types } = logTexts.value
  const { search } = place.value
  const query = new URLSearchParams(search)
  const type = (query.get('type') || undefined) as SecurityEventTypeFilter | undefined
  const cursor = query.get('cursor') ?? undefined
  // A superuser would otherwise see the events of all users.
  const state = useLoad(search, () => client.listSecurityEvents({ type, cursor, user: user.value?.id }))
  const show = (event: { currentTarget: HTMLSelectElement }) => {
    navigate(pathOf(page), filterQuery({ type: event.currentTarget.value }))
  }
  return (
    <Page title={t.title} isNew>
      <p>{t.text}</p>
      <div class="field">
        <label for="type">{t.type}</label>
        <select id="type" onChange={show} value={type ?? ''}>
          <option value="">{t.all}</option>
          {Object.entries(types).map(([name, label]) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </select>
      </div>
      <Loading state={state}>
        {({ results, previous_cursor, next_cursor }) => (
          <>
            {results.length === 0 && <p class="hint">{t.none}</p>}
            <ul class="list">
              {results.map(({ id, type, timestamp, ip_address, user_agent }) => (
                <li key={id}>
                  <div>
                    <strong>{types[type] ?? type}</strong>
                    <p class="hint">
                      {[formatTime(timestamp), user_agent === undefined ? '' : nameDevice(user_agent), ip_address ?? '']
                        .filter(Boolean)
                        .join(' · ')}
                    </p>
                  </div>
                </li>
              ))}
            </ul>
            <Pager page={page} search={search} previous={previous_cursor} next={next_cursor} />
          </>
        )}
      </Loading>
    </Page>
  )
}
