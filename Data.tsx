import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { fill } from '../../formats.ts'
import { client, leave } from '../session.ts'
import { Form } from '../ui/Form.tsx'
import { Heading } from '../ui/Page.tsx'
import { useAreaTexts } from './texts.ts'

const file = 'account.json'

export function Data() {
  const { data: t, password } = useAreaTexts()
  const isExported = useSignal(false)
  const isAsking = useSignal(false)
  const question = useRef<HTMLHeadingElement>(null)
  const current = {
    ...{ name: 'current_password', label: password.current, autocomplete: 'current-password' },
    type: 'password' as const,
  }
  useEffect(() => {
    if (isAsking.value) question.current?.focus()
  }, [isAsking.value])
  return (
    <>
      <Heading title={t.title} />
      <h2>{t.exportTitle}</h2>
      <p>{t.exportText}</p>
      <p role="status">{isExported.value ? fill(t.exported, { file }) : ''}</p>
      <Form
        id="export"
        fields={[current]}
        button={t.exportButton}
        submit={async ({ current_password = '' }) => {
          isExported.value = false
          download(await client.exportMe({ current_password }))
          isExported.value = true
        }}
      />
      <h2 ref={question} tabIndex={-1}>
        {t.deleteTitle}
      </h2>
      <p>{t.deleteText}</p>
      {isAsking.value ? (
        <>
          <Form
            id="delete"
            fields={[current]}
            button={t.deleteButton}
            kind="danger"
            submit={async ({ current_password = '' }) => {
              await client.deleteMe({ current_password })
              await leave('deleted')
            }}
          />
          <div class="actions">
            <button
              class="secondary"
              onClick={() => {
                isAsking.value = false
              }}
            >
              {t.cancel}
            </button>
          </div>
        </>
      ) : (
        <button
          class="danger"
          onClick={() => {
            isAsking.value = true
          }}
        >
          {t.deleteStart}
        </button>
      )}
    </>
  )
}

/** Lets the browser store an object as a file. */
function download(content: object): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(content, null, 2)], { type: 'application/json' }))
  Object.assign(document.createElement('a'), { href: url, download: file }).click()
  setTimeout(() => {
    URL.revokeObjectURL(url)
  }, 60_000)
}
