import assert from 'node:assert/strict'
import { findReturnUrl } from '../../src/browser/returnTo.ts'

const page = 'https://accounts.example/auth/account/sign-in/'
const origins = ['https://shop.example', 'http://localhost:3000']

describe('findReturnUrl', () => {
  const find = (value: string) =>
    findReturnUrl(`?${new URLSearchParams({ return_to: value }).toString()}`, page, origins)

  it('accepts URLs of the allowed origins and of the service', () => {
    for (const url of [
      'https://shop.example/',
      'https://shop.example/cart?item=1#top',
      'http://localhost:3000/x',
      'https://accounts.example/auth/account/history/',
    ])
      assert.equal(find(url), url)
    assert.equal(find('/auth/account/sessions/'), 'https://accounts.example/auth/account/sessions/')
    assert.equal(find('https://SHOP.example:443/a'), 'https://shop.example/a')
  })

  it('ignores every other URL', () => {
    for (const url of [
      ...['https://evil.example/', '//evil.example/', '/\\evil.example/', '\\\\evil.example'],
      ...['https://shop.example.evil.example/', 'https://shop.example@evil.example/', 'https://me@shop.example/'],
      ...[
        'https://me:pw@shop.example/',
        'http://shop.example/',
        'https://shop.example:8443/',
        'http://localhost:3001/',
      ],
      ...['javascript:alert(1)', 'data:text/html,x', 'blob:https://shop.example/x', 'file:///etc/passwd', 'https://'],
      ...['\tjavascript:alert(1)', ' javascript:alert(1)', 'java\nscript:alert(1)', '//accounts.example.evil.example'],
    ])
      assert.equal(find(url), undefined, url)
  })

  it('ignores a missing or an empty URL', () => {
    assert.equal(findReturnUrl('', page, origins), undefined)
    assert.equal(find(''), undefined)
  })
})
