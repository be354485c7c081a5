import { useSignal } from '@preact/signals'
import type { Session } from '../../../../generated/sdk/index.ts'
import { fill } from '../../formats.ts'
import { client } from '../session.ts'
import { Form } from '../ui/Form.tsx'
import { Heading } from '../ui/Page.tsx'
import { List } from './List.tsx'
import { formatTime, nameDevice, useAreaTexts } from './texts.ts'

export function Sessions() {
  const areaTexts = useAreaTexts()
  const t = areaTexts.sessions
  const status = useSignal('')
  const version = useSignal(0)

  function showDone(text: string): void {
    status.value = text
    version.value++
  }

  const entry = (session: Session) => {
    const device = nameDevice(session.last_user_agent, areaTexts)
    const begun = formatTime(session.created_at)
    return (
      <>
        <h2>
          {device} {session.is_current ? <span class="badge">{t.current}</span> : null}
        </h2>
        <p class="hint">
          {fill(t.used, { time: formatTime(session.last_used_at), ip: session.last_ip_address })}
          <br />
          {fill(t.begun, { time: begun, ip: session.ip_address })}
        </p>
        {session.is_current ? null : (
          <Form
            fields={[]}
            button={t.end}
            buttonLabel={fill(t.endOf, { device, time: begun })}
            kind="secondary"
            submit={async () => {
              await client.revokeSession(session.id)
              showDone(fill(t.ended, { device }))
            }}
          />
        )}
      </>
    )
  }

  return (
    <>
      <Heading title={t.title} />
      <p role="status">{status.value}</p>
      <List
        load={(cursor) => client.listSessions({ cursor })}
        version={String(version.value)}
        empty={t.alone}
      >
        {entry}
      </List>
      <Form
        fields={[]}
        button={t.endOthers}
        kind="danger"
        submit={async () => {
          await client.revokeSessions({ keep_current: true })
          showDone(t.endedOthers)
        }}
      />
    </>
  )
}
