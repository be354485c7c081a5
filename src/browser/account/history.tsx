import { Field, Form, type Values } from '../form.tsx'
import { formatTime } from '../language.ts'
import { Loading, useLoad } from '../load.tsx'
import { Page } from '../page.tsx'
import { Link, navigate, place } from '../router.tsx'
import { client, user } from '../session.ts'
import { pathOf } from '../settings.ts'
import { nameDevice } from './device.ts'
import { filterQuery, Pager } from './pager.tsx'
import { accountTexts } from './texts.ts'

const page = 'history'

/** Makes the parameters of the operation from the query of the page, whose dates are days in the user's time zone. */
function readQuery(search: string) {
  const query = new URLSearchParams(search)
  const timeOf = (name: string, time: string) => {
    const date = new Date(`${query.get(name)}T${time}`)
    return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
  }
  return {
    timestamp_after: timeOf('from', '00:00:00'),
    timestamp_before: timeOf('to', '23:59:59.999'),
    ip_address: query.get('ip_address') ?? undefined,
    user_agent: query.get('user_agent') ?? undefined,
    cursor: query.get('cursor') ?? undefined,
  }
}

export function History() {
  const t = accountTexts.value.history
  const { search } = place.value
  // A superuser would otherwise see the sign-ins of all users.
  const state = useLoad(search, () => client.listLoginLogs({ ...readQuery(search), user: user.value?.id }))
  const given = new URLSearchParams(search)
  const filter = (values: Values) => {
    navigate(pathOf(page), filterQuery(values))
    return Promise.resolve()
  }
  const value = (name: string) => given.get(name) ?? ''
  return (
    <Page title={t.title} isNew>
      <details open={given.size > 0}>
        <summary>{t.filter}</summary>
        <Form key={search} send={filter} button={t.filter} kind="secondary">
          <Field name="from" type="date" label={t.from} value={value('from')} />
          <Field name="to" type="date" label={t.to} value={value('to')} />
          <Field name="user_agent" label={t.device} value={value('user_agent')} />
          <Field name="ip_address" label={t.address} value={value('ip_address')} />
        </Form>
      </details>
      {given.size > 0 && (
        <p class="more">
          <Link page={page}>{t.reset}</Link>
        </p>
      )}
      <Loading state={state}>
        {({ results, previous_cursor, next_cursor }) => (
          <>
            {results.length === 0 ? (
              <p class="hint">{t.none}</p>
            ) : (
              <table>
                <thead>
                  <tr>
                    <th scope="col">{t.when}</th>
                    <th scope="col">{t.what}</th>
                    <th scope="col">{t.where}</th>
                  </tr>
                </thead>
                <tbody>
                  {results.map(({ id, timestamp, user_agent, ip_address }) => (
                    <tr key={id}>
                      <td>{formatTime(timestamp)}</td>
                      <td>{nameDevice(user_agent)}</td>
                      <td>{ip_address}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )}
            <Pager page={page} search={search} previous={previous_cursor} next={next_cursor} />
          </>
        )}
      </Loading>
      <p class="more">
        {t.unfamiliar} <Link page="password">{t.change}</Link>
      </p>
    </Page>
  )
}
