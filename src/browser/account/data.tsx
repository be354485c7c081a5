import { useState } from 'preact/hooks'
import { Field, Form, Username, type Values } from '../form.tsx'
import { Page } from '../page.tsx'
import { client, leaveAfter } from '../session.ts'
import { pathOf } from '../settings.ts'
import { texts } from '../texts.ts'
import { accountTexts } from './texts.ts'

/** Offers an object to the user as a file. */
function download(name: string, content: object): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([JSON.stringify(content, null, 2)], { type: 'application/json' }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}

export function Data() {
  const t = accountTexts.value.data
  const [isExported, setExported] = useState(false)
  const exportData = async ({ current_password = '' }: Values) => {
    download('account.json', await client.exportMe({ current_password }))
    setExported(true)
  }
  const deleteAccount = ({ current_password = '' }: Values) =>
    leaveAfter(
      async () => {
        await client.deleteMe({ current_password })
        await client.signOut()
        return true // the sessions of a deleted account have ended
      },
      `${pathOf('sign-in')}#deleted`,
    )
  const label = texts.value.currentPassword
  return (
    <Page title={t.title} isNew>
      <h2>{t.exportTitle}</h2>
      <p>{t.exportText}</p>
      <Form send={exportData} button={t.exportButton} done={isExported ? t.exported : undefined}>
        <Username />
        <Field name="current_password" type="password" label={label} autocomplete="current-password" />
      </Form>
      <h2>{t.deleteTitle}</h2>
      <p>{t.deleteText}</p>
      <Form send={deleteAccount} button={t.deleteButton} kind="danger">
        <Username />
        <Field name="current_password" type="password" label={label} autocomplete="current-password" />
      </Form>
    </Page>
  )
}
