import type { FuncKeywordDefinition } from 'ajv'

type Item = Record<string, unknown> | null

/**
 * The keyword `x-order` of the contract: the member by which a list is sorted, with a minus if the largest value
 * comes first. Values are compared as text, which is correct because all timestamps have the same format.
 */
export const orderKeyword: FuncKeywordDefinition = {
  keyword: 'x-order',
  type: 'array',
  schemaType: 'string',
  validate: (order: string, items: Item[]) => {
    const member = order.replace(/^-/, '')
    const values = items.map((item) => String(item?.[member]))
    const inOrder = order === member ? values.toSorted() : values.toSorted().reverse()
    return values.every((value, at) => value === inOrder[at])
  },
}
