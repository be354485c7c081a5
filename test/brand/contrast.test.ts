import assert from 'node:assert/strict'
import { contrast, luminance, mix } from '../../src/brand/contrast.ts'

describe('the contrast of colours', () => {
  it('has the values of WCAG 2.2', () => {
    for (const [one, other, expected] of [
      ['#000000', '#ffffff', 21],
      ['#ffffff', '#ffffff', 1],
      ['#767676', '#ffffff', 4.54],
      ['#777777', '#ffffff', 4.48],
      ['#ff0000', '#ffffff', 4],
      ['#00FF00', '#ffffff', 1.37],
      ['#0000ff', '#ffffff', 8.59],
    ] as const) {
      assert.equal(Math.round(contrast(one, other) * 100) / 100, expected, one)
      assert.equal(contrast(one, other), contrast(other, one))
    }
    assert.deepEqual([luminance('#000000'), luminance('#ffffff')], [0, 1])
  })

  it('grows when a colour is mixed with black on white', () => {
    assert.equal(mix('#ff8000', '#000000', 0.25), '#bf6000')
    assert.equal(mix('#ff8000', '#ffffff', 0.5), '#ffc080')
    assert.ok(contrast(mix('#ff8000', '#000000', 0.25), '#ffffff') > contrast('#ff8000', '#ffffff'))
  })
})
