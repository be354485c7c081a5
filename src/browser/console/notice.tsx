import { signal } from '@preact/signals'
import { explain } from '../explain.ts'
import { place } from '../router.tsx'

type NoticeState = { role: 'status' | 'alert'; text: string; path: string }

const notice = signal<NoticeState | undefined>(undefined)

/** Shows the result of an action above the current page, until another page is shown. */
export function notify(text: string, role: NoticeState['role'] = 'status'): void {
  notice.value = { role, text, path: place.value.path }
}

export function Notice() {
  const { value } = notice
  if (value?.path !== place.value.path) return null
  return <p role={value.role}>{value.text}</p>
}

let isBusy = false

/** Does some work, and shows its result or its error above the page. A second click during the work does nothing. */
export async function perform(work: () => Promise<unknown>, done: string): Promise<void> {
  if (isBusy) return
  isBusy = true
  try {
    await work()
    notify(done)
  } catch (error) {
    const { alert, fields } = explain(error)
    notify(alert ?? Object.values(fields).join(' '), 'alert')
  } finally {
    isBusy = false
  }
}
