import { accountCases } from './accountCases.ts'
import { keepVariables, send, type Case, type Reply, type Variables } from './case.ts'
import { findDifferences } from './compare.ts'
import { readCases } from './readCases.ts'
import type { System } from './system.ts'
import { tokenCases } from './tokenCases.ts'

export type Result = {
  name: string
  request: string
  django: number
  gatehouse: number
  result: 'equal' | 'different as documented'
  difference?: string | undefined
  /** What is wrong: the replies differ without a reason, or a reason is given although they are equal. */
  mistake?: string | undefined
}

/** Sends the requests of all cases to both systems. */
export async function compareSystems(django: System, gatehouse: System): Promise<Result[]> {
  const [theirs, ours]: [Variables, Variables] = [{}, {}]
  const results: Result[] = []
  for (const one of [...accountCases, ...tokenCases, ...readCases])
    results.push(judge(one, await ask(django, one, theirs), await ask(gatehouse, one, ours)))
  return results
}

async function ask(system: System, one: Case, variables: Variables): Promise<Reply> {
  await one.prepare?.(system, variables)
  const reply = await send(system, one, variables)
  keepVariables(one, reply, variables)
  return reply
}

function judge(one: Case, django: Reply, gatehouse: Reply): Result {
  const { name, path, body, difference, method = body === undefined ? 'GET' : 'POST' } = one
  const differences = findDifferences(django, gatehouse).join('; ')
  const common = { name, request: `${method} ${path}`, django: django.status, gatehouse: gatehouse.status, difference }
  if (differences === '')
    return {
      ...common,
      result: 'equal',
      mistake: difference && 'a difference is documented, but the replies are equal',
    }
  const mistake = difference === undefined ? differences : undefined
  return { ...common, result: 'different as documented', mistake }
}
