import { expect, it } from 'vitest'
import { actorHeader } from './me'

it('says who the user is percent-encoded, and nothing of nobody', () => {
  expect(actorHeader('Ana')).toEqual({ 'x-asktell-actor': 'Ana' })
  expect(actorHeader('Zoë 测 100%')).toEqual({ 'x-asktell-actor': 'Zo%C3%AB%20%E6%B5%8B%20100%25' })
  expect([actorHeader(''), actorHeader(' \n')]).toEqual([{}, {}])
  expect(actorHeader(`a\r\nx: y${'b'.repeat(200)}`)['x-asktell-actor']).toMatch(/^a%20%20x%3A%20yb{93}$/)
})
