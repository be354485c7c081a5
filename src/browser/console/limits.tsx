import type { Limit } from '../../../generated/sdk/index.ts'
import { fill, formatDuration, formatNumber } from '../language.ts'
import { Loading, useLoad } from '../load.tsx'
import { Page } from '../page.tsx'
import { Link } from '../router.tsx'
import { client } from '../session.ts'
import { Table, type Column } from './list.tsx'
import { consoleTexts } from './texts.ts'

/** The limits in force, and how many subjects have exhausted each of them. */
export function Limits() {
  const t = consoleTexts.value.limits
  const state = useLoad('limits', () => client.listLimits())
  return (
    <Page title={t.title} isNew>
      <p>{t.text}</p>
      <Loading state={state}>
        {({ limits, subjects_capped }) =>
          limits.length === 0 ? (
            <p class="hint">{t.none}</p>
          ) : (
            <>
              {subjects_capped && <p class="hint">{t.capped}</p>}
              <Table caption={t.title} rows={limits} keyOf={({ name }) => name} columns={columns()} />
            </>
          )
        }
      </Loading>
      <p class="more">
        <Link page="lockouts">{t.lockouts}</Link>
      </p>
    </Page>
  )
}

function columns(): Column<Limit>[] {
  const t = consoleTexts.value.limits
  const show = (count: number | undefined) => (count === undefined ? '—' : formatNumber(count))
  return [
    {
      label: t.name,
      kind: 'main',
      show: ({ name }) => (
        <>
          {t.names[name.replace(/-site$/, '')] ?? name} <code class="hint">{name}</code>
        </>
      ),
    },
    {
      label: t.most,
      show: ({ count, window }) => fill(t.rate, { count: formatNumber(count), window: formatDuration(window) }),
    },
    {
      label: t.countedBy,
      show: ({ counted_by }) => counted_by.map((subject) => t.subjects[subject] ?? subject).join(', '),
    },
    { label: t.used, show: ({ used }) => show(used) },
    {
      label: t.usedUp,
      show: ({ used_up }) => (used_up ? <span class="badge bad">{formatNumber(used_up)}</span> : show(used_up)),
    },
  ]
}
