import { DatabaseSync } from 'node:sqlite'

export type Note = { user: string; text: string }

const database = new DatabaseSync(process.env['DATABASE'] ?? 'notes.db')
database.exec('create table if not exists notes (user text primary key, text text not null) strict')

const select = database.prepare('select user, text from notes where user = ?')
const selectAll = database.prepare('select user, text from notes order by user')
const upsert = database.prepare('insert into notes values (?, ?) on conflict (user) do update set text = excluded.text')
const remove = database.prepare('delete from notes where user = ?')

export const findNote = (user: string) => (select.get(user) ?? { user, text: '' }) as Note
export const listNotes = () => selectAll.all() as Note[]
export const saveNote = ({ user, text }: Note) => void upsert.run(user, text)
export const deleteNote = (user: string) => void remove.run(user)
