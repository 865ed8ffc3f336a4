import { expect, it } from 'vitest'
import { actorHeader } from './me'

it('says who the user is in the bytes of UTF-8, and nothing of nobody', () => {
  expect(actorHeader('Ana')).toEqual({ 'x-asktell-actor': 'Ana' })
  const [value = ''] = Object.values(actorHeader('Zoë 测'))
  expect(new TextDecoder().decode(Uint8Array.from(value, (byte) => byte.charCodeAt(0)))).toBe('Zoë 测')
  expect([actorHeader(''), actorHeader(' \n')]).toEqual([{}, {}])
  expect(actorHeader(`a\r\nx: y${'b'.repeat(200)}`)['x-asktell-actor']).toMatch(/^a {2}x: yb{93}$/)
})
