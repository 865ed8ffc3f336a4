import { describe, expect, it } from 'vitest'
import { answered, forgotten, isBlank, noTable, readFile, tableInput } from './source'

describe('a table', () => {
  it('is sent as it came: text as text, files as bytes', async () => {
    expect(tableInput({ text: 'a;b' })).toEqual({ text: 'a;b' })
    const latin = new File([new Uint8Array([0x61, 0xb5, 0x0a])], 'latin.csv')
    const source = await readFile(latin)
    expect(source.file).toMatchObject({ name: 'latin.csv', size: 3 })
    expect(tableInput(source)).toEqual({ base64: 'YbUK' })
    expect([isBlank(source), isBlank(noTable), isBlank({ text: ' \n' })]).toEqual([false, true, true])
  })

  it('of more than a request holds is refused with the way that takes it', async () => {
    const large = new File([new Uint8Array(6_000_001)], 'large.csv')
    await expect(readFile(large)).rejects.toThrow('asktell import results')
  })
})

it('the last answer to a question counts', () => {
  const first = answered([], { question: 'ROLE', column: 1, reading: 'leave-out' })
  const second = answered(first, { question: 'ROLE', column: 2, reading: 'failure' })
  const third = answered(second, { question: 'ROLE', column: 1, reading: 'metric:x' })
  expect(third.map(({ column, reading }) => [column, reading])).toEqual([
    [2, 'failure'],
    [1, 'metric:x'],
  ])
  expect(third.flatMap((answer) => forgotten(third, answer))).toHaveLength(2)
  expect(answered(third, { question: 'DECIMAL_SIGN', reading: 'COMMA' })).toHaveLength(3)
})
