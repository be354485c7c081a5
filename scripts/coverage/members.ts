import type { Schema } from '../openapi.ts'
import { isObject, join, listParts } from './enums.ts'
import { anyOperation, type Fact } from './facts.ts'
import { problemType, type Reply } from './operations.ts'

const presences = ['present', 'absent']

/** The facts about optional members that no reply can show, with the reason. */
export const impossibleFacts: Record<Fact, string> = {
  'member createUser 201/last_login present': 'A new user has never signed in.',
  'member createUser 201/legacy_id present': 'Only an import gives users a legacy id.',
  'member retryMail 200/email absent': 'A failed or queued mail has an email address.',
  'member retryMail 200/last_error present': 'The retry clears the error.',
  'member discardMail 200/last_error absent': 'The error names who discarded the mail.',
  'member exportMe 200/security_events/[]/user absent': 'An export has only the events of its user.',
}

/** Lists the facts about the optional members of a reply of an operation. */
export function listMemberFacts(id: string, { status, type, media }: Reply): Fact[] {
  return listOptionalMembers(media?.schema).flatMap((member) =>
    presences.map((presence) => memberFact(id, status, type, `${member} ${presence}`)),
  )
}

/** Lists the facts that a body shows about the optional members of its schema. */
export function findMemberFacts(id: string, { status, type, media }: Reply, body: unknown): Fact[] {
  return findOptionalMembers(media?.schema, body).map((member) => memberFact(id, status, type, member))
}

function memberFact(id: string, status: string, type: string, member: string): Fact {
  return type === problemType ? `member ${anyOperation} problem/${member}` : `member ${id} ${status}/${member}`
}

/** Lists the position of every optional member in a schema, at any depth. */
function listOptionalMembers(schema: Schema | undefined, position = ''): string[] {
  if (!schema) return []
  const { properties = {}, required = [] } = schema
  const own = Object.keys(properties).filter((name) => !required.includes(name))
  return [
    ...own.map((name) => join(position, name)),
    ...listParts(schema).flatMap(([name, part]) => listOptionalMembers(part, join(position, name))),
  ]
}

/**
 * Lists the optional members that the objects in a value have or lack, each as "POSITION present" or "POSITION
 * absent".
 */
function findOptionalMembers(schema: Schema | undefined, value: unknown, position = ''): string[] {
  if (!schema || !isObject(value)) return []
  if (Array.isArray(value))
    return value.flatMap((item) => findOptionalMembers(schema.items, item, join(position, '[]')))
  const { properties = {}, required = [] } = schema
  return Object.entries(properties).flatMap(([name, part]) => [
    ...(required.includes(name) ? [] : [`${join(position, name)} ${name in value ? 'present' : 'absent'}`]),
    ...findOptionalMembers(part, value[name], join(position, name)),
  ])
}
