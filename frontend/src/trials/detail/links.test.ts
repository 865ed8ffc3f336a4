import { expect, it } from 'vitest'
import { webAddress } from './links'

it('makes links of web addresses only', () => {
  expect(webAddress('https://example.org/a b?c=1')).toBe('https://example.org/a%20b?c=1')
  expect(webAddress('HTTP://example.org')).toBe('http://example.org/')
  for (const text of [
    'javascript:alert(1)',
    ' jAvascript:alert(1)',
    'data:text/html,x',
    's3://bucket/key',
    'file:///etc/passwd',
    '//example.org',
    'example.org',
    '',
  ]) {
    expect(webAddress(text)).toBeUndefined()
  }
})
