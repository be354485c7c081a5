import type { SecurityEvent, User } from '../../../../generated/sdk/index.ts'
import { client } from '../session.ts'
import { Heading } from '../ui/Page.tsx'
import { List } from './List.tsx'
import { formatTime, nameDevice, useAreaTexts } from './texts.ts'

export function Events({ user }: { user: User }) {
  const areaTexts = useAreaTexts()
  const t = areaTexts.events

  const entry = ({ type, timestamp, actor, ip_address, user_agent }: SecurityEvent) => {
    const notes = [
      ...(actor === undefined ? [] : [t.byAdministrator]),
      ...(user_agent === undefined ? [] : [nameDevice(user_agent, areaTexts)]),
      ...(ip_address === undefined ? [] : [ip_address]),
    ]
    return (
      <>
        <h2>{t.types[type] ?? t.other}</h2>
        <p class="hint">
          <time dateTime={timestamp}>{formatTime(timestamp)}</time>
          {notes.map((note) => ` · ${note}`)}
        </p>
      </>
    )
  }

  return (
    <>
      <Heading title={t.title} />
      <p>{t.text}</p>
      <List load={(cursor) => client.listSecurityEvents({ user: user.id, cursor })} version="" empty={t.empty}>
        {entry}
      </List>
    </>
  )
}
