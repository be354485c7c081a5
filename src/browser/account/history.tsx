import { Field, Form, type Values } from '../form.tsx'
import { formatTime } from '../language.ts'
import { Loading, useLoad } from '../load.tsx'
import { nameDevice } from '../logs/device.ts'
import { Pager } from '../logs/pager.tsx'
import { filterQuery, readLogQuery } from '../logs/query.ts'
import { logTexts } from '../logs/texts.ts'
import { Page } from '../page.tsx'
import { Link, navigate, place } from '../router.tsx'
import { client, user } from '../session.ts'
import { pathOf } from '../settings.ts'
import { accountTexts } from './texts.ts'

const page = 'history'

export function History() {
  const t = accountTexts.value.history
  const l = logTexts.value
  const { search } = place.value
  // A superuser would otherwise see the sign-ins of all users.
  const state = useLoad(search, () => client.listLoginLogs({ ...readLogQuery(search), user: user.value?.id }))
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
          <Field name="from" type="date" label={l.from} value={value('from')} />
          <Field name="to" type="date" label={l.to} value={value('to')} />
          <Field name="user_agent" label={l.userAgent} value={value('user_agent')} />
          <Field name="ip_address" label={l.address} value={value('ip_address')} />
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
                    <th scope="col">{l.when}</th>
                    <th scope="col">{l.what}</th>
                    <th scope="col">{l.address}</th>
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
