import type { LoginLog, User } from '../../../../generated/sdk/index.ts'
import { here, navigate, pathOf } from '../navigation.ts'
import { client } from '../session.ts'
import { Form } from '../ui/Form.tsx'
import { Heading } from '../ui/Page.tsx'
import { List } from './List.tsx'
import { formatTime, nameDevice, useAreaTexts } from './texts.ts'

const names = ['from', 'to', 'ip', 'device'] as const

/** Returns the time of a date of the user's time zone, in the format of the contract. */
function timeOf(date: string | null, time: string): string | undefined {
  if (date === null) return undefined
  const parsed = new Date(`${date}T${time}`)
  return Number.isNaN(parsed.getTime()) ? date : parsed.toISOString()
}

export function History({ user }: { user: User }) {
  const areaTexts = useAreaTexts()
  const t = areaTexts.history
  const { searchParams, search } = here.value
  const value = (name: (typeof names)[number]) => searchParams.get(name) ?? ''
  const isFiltered = names.some((name) => searchParams.has(name))

  const entry = ({ timestamp, ip_address, user_agent }: LoginLog) => (
    <>
      <h2>{nameDevice(user_agent, areaTexts)}</h2>
      <p class="hint">
        <time dateTime={timestamp}>{formatTime(timestamp)}</time> · {ip_address}
      </p>
    </>
  )

  return (
    <>
      <Heading title={t.title} />
      <p>
        {t.text} <a href={pathOf('password')}>{areaTexts.password.title}</a>
      </p>
      <Form
        key={search}
        layout="filters"
        fields={[
          ...(['from', 'to'] as const).map((name) => ({
            ...{ name, label: t[name], type: 'date' as const, autocomplete: 'off', value: value(name) },
            isOptional: true,
          })),
          ...(['ip', 'device'] as const).map((name) => ({
            ...{ name, label: t[name], autocomplete: 'off', value: value(name), isOptional: true },
          })),
        ]}
        button={t.filter}
        kind="secondary"
        submit={(values) => {
          const given = names.flatMap((name) => (values[name] ? [[name, values[name].trim()]] : []))
          navigate(`${pathOf('history')}?${new URLSearchParams(given).toString()}`)
          return Promise.resolve()
        }}
      />
      {isFiltered ? (
        <div class="actions">
          <a href={pathOf('history')}>{t.reset}</a>
        </div>
      ) : null}
      <List
        load={(cursor) =>
          client.listLoginLogs({
            user: user.id,
            timestamp_after: timeOf(searchParams.get('from'), '00:00:00'),
            timestamp_before: timeOf(searchParams.get('to'), '23:59:59.999'),
            ip_address: searchParams.get('ip') ?? undefined,
            user_agent: searchParams.get('device') ?? undefined,
            cursor,
          })
        }
        version={search}
        empty={isFiltered ? t.emptyFiltered : t.empty}
        invalid={t.invalid}
      >
        {entry}
      </List>
    </>
  )
}
