import { Loading, useLoad } from '../load.tsx'
import { Page } from '../page.tsx'
import { client } from '../session.ts'
import { settings } from '../settings.ts'
import { Table, Time } from './list.tsx'
import { consoleTexts } from './texts.ts'

const looks: Record<string, string> = { current: '', next: 'accent', former: 'plain' }

/** The keys of access tokens. */
export function Keys() {
  const t = consoleTexts.value.keys
  const state = useLoad('keys', () => client.listSigningKeys())
  return (
    <Page title={t.title} isNew>
      <p>
        {t.text} <a href={`${settings.basePath}/.well-known/jwks.json`}>{t.jwks}</a>
      </p>
      <Loading state={state}>
        {({ keys }) =>
          keys.length === 0 ? (
            <p class="hint">{t.none}</p>
          ) : (
            <Table
              caption={t.title}
              rows={keys}
              keyOf={({ kid }) => kid}
              columns={[
                { label: t.id, kind: 'main', show: ({ kid }) => <code>{kid}</code> },
                {
                  label: t.state,
                  show: ({ state }) => (
                    <span class={`badge ${looks[state] ?? 'plain'}`}>{t.states[state] ?? state}</span>
                  ),
                },
                { label: t.created, show: ({ created_at }) => <Time at={created_at} /> },
                { label: t.signsFrom, show: ({ signs_from }) => <Time at={signs_from} /> },
                { label: t.retires, show: ({ retires_at }) => (retires_at ? <Time at={retires_at} /> : '—') },
              ]}
            />
          )
        }
      </Loading>
    </Page>
  )
}
