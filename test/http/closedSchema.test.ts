import assert from 'node:assert/strict'
import { closeSchema } from '../../src/http/closedSchema.ts'

describe('closeSchema', () => {
  it('closes an object and every object in it', () => {
    const item = { type: 'object', properties: { name: { type: 'string' } } }
    assert.deepEqual(closeSchema({ type: 'object', properties: { results: { type: 'array', items: item } } }), {
      type: 'object',
      additionalProperties: false,
      properties: { results: { type: 'array', items: { ...item, additionalProperties: false } } },
    })
  })

  it('leaves an object open that has additionalProperties: true', () => {
    const open = { type: 'object', additionalProperties: true }
    assert.deepEqual(closeSchema(open), open)
  })

  it('replaces x-extensible-enum by enum', () => {
    const schema = { type: 'string', maxLength: 64, 'x-extensible-enum': ['en', 'ru'] }
    assert.deepEqual(closeSchema(schema), { type: 'string', maxLength: 64, enum: ['en', 'ru'] })
  })

  it('replaces x-pattern by pattern', () => {
    const schema = { type: 'string', format: 'date-time', 'x-pattern': 'Z$' }
    assert.deepEqual(closeSchema(schema), { type: 'string', format: 'date-time', pattern: 'Z$' })
  })

  it('does not modify the given schema', () => {
    const schema = { type: 'object', properties: { code: { 'x-extensible-enum': ['invalid'] } } }
    const copy = structuredClone(schema)
    closeSchema(schema)
    assert.deepEqual(schema, copy)
  })
})
