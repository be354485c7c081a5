import assert from 'node:assert/strict'
import { orderKeyword } from '../../src/http/orderKeyword.ts'
import { createAjv } from '../../src/http/validation.ts'

const accepts = (order: string, times: string[]) =>
  createAjv({})
    .addKeyword(orderKeyword)
    .validate(
      { type: 'array', 'x-order': order },
      times.map((created_at) => ({ created_at })),
    )

describe('the keyword x-order', () => {
  it('accepts a list sorted by the named member, ascending or descending', () => {
    assert.ok(accepts('created_at', ['1', '2', '2', '3']))
    assert.ok(accepts('-created_at', ['3', '2', '2', '1']))
    assert.ok(accepts('created_at', []))
  })

  it('rejects a list in any other order', () => {
    assert.ok(!accepts('created_at', ['3', '2', '1']))
    assert.ok(!accepts('-created_at', ['1', '2', '3']))
    assert.ok(!accepts('-created_at', ['3', '1', '2']))
  })
})
