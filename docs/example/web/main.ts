import { Client, Problem } from 'gatehouse-sdk'
import { decodeJwt } from 'jose'

const { VITE_ACCOUNTS: accounts = 'http://localhost:8000', VITE_API: api = 'http://localhost:3000' } = import.meta.env

type Note = { user: string; text: string }

const client = new Client({ baseUrl: accounts, storage: 'cookie', onTokens: () => void report(show()) })
let shown: string | undefined = 'not shown yet'

/** Shows the page of the user who is signed in, after a sign-in or sign-out in this tab or another one. */
async function show(): Promise<void> {
  const token = await client.accessToken()
  const { sub, roles } = token === undefined ? {} : decodeJwt<{ roles?: string[] }>(token)
  if (shown === sub) return
  shown = sub
  for (const form of document.forms) form.reset()
  find('#notes').replaceChildren()
  const isAdmin = roles?.includes('superuser') ?? false
  find('#signed-out').hidden = sub !== undefined
  find('#signed-in').hidden = true
  find('#admin').hidden = !isAdmin
  if (sub === undefined) return
  const [me, note] = await Promise.all([client.getMe(), callApi('/note'), isAdmin && showNotes()])
  find('#email').textContent = me.email
  find<HTMLTextAreaElement>('[name=text]').value = (note as Note).text
  find('#signed-in').hidden = shown !== sub // the user may have signed out by now
}

async function showNotes(): Promise<void> {
  const notes = (await callApi('/notes')) as Note[]
  const lines = notes.map(async ({ user, text }) => {
    const line = document.createElement('li')
    line.textContent = `${await findEmail(user)}: ${text}`
    return line
  })
  find('#notes').replaceChildren(...(await Promise.all(lines)))
}

/** Finds the present address of a user. The note of a deleted user stays until api/forget.ts has run. */
async function findEmail(user: string): Promise<string> {
  try {
    return (await client.getUser(user)).email
  } catch (error) {
    if (error instanceof Problem && error.code === 'not_found') return 'deleted user'
    throw error
  }
}

/** Calls the product's API as the user who is signed in. */
async function callApi(path: string, init?: RequestInit): Promise<unknown> {
  const reply = await client.fetch(`${api}${path}`, init)
  if (!reply.ok) throw new Error(`The API answered ${reply.status}.`)
  return reply.status === 204 ? undefined : reply.json()
}

async function signOut(): Promise<string> {
  const isReached = await client.signOut()
  return isReached ? 'You are signed out.' : 'You are still signed in: the accounts service was not reached.'
}

async function saveNote(text: string): Promise<string> {
  await callApi('/note', { method: 'PUT', body: text })
  return 'Saved.'
}

function explain(error: unknown): string {
  if (!(error instanceof Problem)) return error instanceof TypeError ? 'You seem to be offline.' : String(error)
  return error.detail
}

function find<Found extends HTMLElement>(selector: string): Found {
  return document.querySelector(selector) as Found
}

/** Shows the result of the work, if it has one, or what went wrong. */
async function report(work: Promise<string | void>): Promise<void> {
  const text = await work.catch(explain)
  if (text !== undefined) find('#message').textContent = text
}

/** Continues the session after the user has signed in on the pages of the accounts service. */
async function start(): Promise<void> {
  if (location.hash === '#signed-in') {
    history.replaceState(null, '', location.pathname)
    await client.resume()
  }
  await show()
}

const back = new URL('#signed-in', location.href).href
const signInPage = new URL('account/sign-in/', `${accounts}/`)
signInPage.searchParams.set('return_to', back)
find<HTMLAnchorElement>('#sign-in').href = signInPage.href
find<HTMLAnchorElement>('#register').href = new URL('account/register/', `${accounts}/`).href
find<HTMLAnchorElement>('#account').href = new URL('account/', `${accounts}/`).href
find<HTMLFormElement>('#note').onsubmit = (event) => {
  event.preventDefault()
  void report(saveNote(find<HTMLTextAreaElement>('[name=text]').value))
}
find('#sign-out').onclick = () => void report(signOut())
void report(start())
