import { useState } from 'preact/hooks'
import type { Mail, MailStatusFilter } from '../../../generated/sdk/index.ts'
import { fill } from '../language.ts'
import { useLoad } from '../load.tsx'
import { Page } from '../page.tsx'
import { place } from '../router.tsx'
import { client } from '../session.ts'
import { Confirmation } from './dialog.tsx'
import { explainFilters, readFilter } from './filterQuery.ts'
import { Filters, TextFilter } from './filters.tsx'
import { List, Time } from './list.tsx'
import { MailTabs, useMailCounts } from './mailTabs.tsx'
import { notify, perform } from './notice.tsx'
import { consoleTexts } from './texts.ts'

const page = 'mails'

/** The outbox, by the status of its mails. */
export function Mails() {
  const t = consoleTexts.value.mails
  const [discarded, setDiscarded] = useState<Mail>()
  const counts = useMailCounts()
  const state = useLoad(
    place.value.search,
    () =>
      client.listMails({
        status: readFilter('status') as MailStatusFilter | undefined,
        email: readFilter('email')?.trim(),
        cursor: readFilter('cursor'),
        page_size: 25,
      }),
    { keepsData: true },
  )
  const reload = () => {
    state.reload()
    counts.reload()
  }
  const retry = async (mail: Mail) => {
    await perform(() => client.retryMail(mail.id), fill(t.retried, { email: mail.email ?? '' }))
    reload()
  }
  const discard = async (mail: Mail) => {
    await client.discardMail(mail.id).finally(reload)
    setDiscarded(undefined)
    notify(t.discarded)
  }
  return (
    <Page title={t.title} isNew>
      <MailTabs counts={counts.data} />
      <Filters page={page}>
        <TextFilter name="email" label={t.email} error={explainFilters(state.error)['email']} />
      </Filters>
      <List
        page={page}
        state={state}
        count={t.count}
        none={t.none}
        caption={t.title}
        keyOf={({ id }) => id}
        columns={[
          { label: t.email, kind: 'main', show: ({ email }) => email ?? <span class="hint">{t.noEmail}</span> },
          { label: t.kind, show: ({ kind }) => t.kinds[kind] ?? kind },
          { label: t.status, show: (mail) => <MailStatus mail={mail} /> },
          { label: t.created, show: ({ created_at }) => <Time at={created_at} /> },
          {
            label: t.actions,
            kind: 'end',
            show: (mail) =>
              mail.status === 'failed' || mail.status === 'queued' ? (
                <span class="buttons">
                  <button type="button" class="link" onClick={() => void retry(mail)}>
                    {t.retry}
                  </button>
                  <button
                    type="button"
                    class="link"
                    onClick={() => {
                      setDiscarded(mail)
                    }}
                  >
                    {t.discard}
                  </button>
                </span>
              ) : null,
          },
        ]}
      />
      {discarded && (
        <Confirmation
          title={t.discardQuestion}
          button={t.discard}
          kind="danger"
          send={() => discard(discarded)}
          close={() => {
            setDiscarded(undefined)
          }}
        >
          <p>
            {fill(t.discardText, { kind: t.kinds[discarded.kind] ?? discarded.kind, email: discarded.email ?? '' })}
          </p>
        </Confirmation>
      )}
    </Page>
  )
}

const looks: Record<string, string> = { sent: '', failed: 'danger', queued: 'accent', dropped: 'plain' }

function MailStatus({ mail: { status, attempts, last_error, sent_at } }: { mail: Mail }) {
  const t = consoleTexts.value.mails
  return (
    <>
      <span class={`badge ${looks[status] ?? 'plain'}`}>{t.statuses[status] ?? status}</span>
      {sent_at !== undefined && (
        <span class="hint">
          <Time at={sent_at} />
        </span>
      )}
      {last_error !== undefined && (
        <span class="hint">
          {last_error} {attempts > 1 && fill(t.attempts, { attempts: String(attempts) })}
        </span>
      )}
    </>
  )
}
