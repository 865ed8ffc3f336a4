import { describe, expect, it } from 'vitest'
import { guessRoles, missingRoles, type ResultTask, readRows } from './columns'
import { delimiterOf, parseTable } from './parseTable'

describe('parseTable', () => {
  const cells = (text: string) => parseTable(text).rows.map((row) => row.cells)

  it('reads what a spreadsheet copies', () => {
    expect(parseTable('x\ty\r\n1\t2\r\n3\t\r\n')).toEqual({
      header: ['x', 'y'],
      rows: [
        { line: 2, cells: ['1', '2'] },
        { line: 3, cells: ['3', ''] },
      ],
    })
  })

  it('reads quotes as RFC 4180 has them, and counts lines inside them', () => {
    const table = parseTable('name,"a ""b"", c"\n"two\nlines", 1 \n\nthree,2')
    expect(table.header).toEqual(['name', 'a "b", c'])
    expect(table.rows).toEqual([
      { line: 2, cells: ['two\nlines', '1'] },
      { line: 5, cells: ['three', '2'] },
    ])
  })

  it('tells decimal commas from separating ones', () => {
    expect(cells('x;y\n0,5;1,25')).toEqual([['0,5', '1,25']])
    expect(cells('\uFEFFx,y\n0.5,1.25')).toEqual([['0.5', '1.25']])
    expect([delimiterOf('"a;b",c'), delimiterOf('a;b'), delimiterOf('a, b\tc')]).toEqual([',', ';', '\t'])
  })

  it('has nothing to say about nothing', () => {
    expect(parseTable(' \n\n')).toEqual({ header: [], rows: [] })
  })
})

const task: ResultTask = {
  objectives: [{ name: 'lap_shear' }, { name: 'cost' }],
  constraints: [{ name: 'purity' }],
  parameterSpace: {
    parameters: [
      {
        __typename: 'FloatParameter',
        fixed: null,
        name: 'temperature',
        condition: null,
        low: 20,
        high: 80,
        step: null,
        log: false,
      },
      {
        __typename: 'CategoricalParameter',
        fixed: null,
        name: 'solvent',
        condition: null,
        choices: ['THF', 'DMF', 3],
      },
    ],
  },
}

describe('guessRoles', () => {
  it('knows columns by their names, whatever their case, separators and units', () => {
    const header = [
      'Temperature (°C)',
      'SOLVENT',
      'Lap shear [MPa]',
      'lap_shear_sd',
      '± cost',
      'cost',
      'Purity',
      'failure',
      'operator',
    ]
    expect(guessRoles(header, task)).toEqual([
      'parameter:temperature',
      'parameter:solvent',
      'value:lap_shear',
      'deviation:lap_shear',
      'deviation:cost',
      'value:cost',
      'metric',
      'failure',
      'ignore',
    ])
  })

  it('gives each role once, and says what is missing', () => {
    const roles = guessRoles(['temperature', 'Temperature', 'cost'], task)
    expect(roles).toEqual(['parameter:temperature', 'ignore', 'value:cost'])
    expect(missingRoles(roles, task)).toEqual(['solvent', 'lap_shear'])
    expect(missingRoles([...roles, 'failure'], task)).toEqual(['solvent'])
  })
})

describe('readRows', () => {
  const head = 'temperature\tsolvent\tlap_shear\tlap_shear_sd\tcost\tpurity\tfailure\n'
  const read = (body: string) => {
    const table = parseTable(head + body)
    return readRows(table, guessRoles(table.header, task), task)
  }

  it('makes results of rows', () => {
    expect(read('25,5\tthf\t3.5\t0.1\t2\t0.9\t\n30\t3\t\t\t\t\tleak')).toEqual([
      {
        line: 2,
        result: {
          point: { temperature: 25.5, solvent: 'THF' },
          outcome: {
            values: [
              { objective: 'lap_shear', value: 3.5, standardDeviation: 0.1 },
              { objective: 'cost', value: 2 },
            ],
          },
          metrics: [{ name: 'purity', value: 0.9 }],
        },
      },
      {
        line: 3,
        result: { point: { temperature: 30, solvent: 3 }, outcome: { failure: { reason: 'leak' } } },
      },
    ])
  })

  it('says of each row all that is wrong with it', () => {
    const [row] = read('90\twater\tn/a\t\t\t1e\t')
    expect(row).toEqual({
      line: 2,
      problems: [
        'temperature: Must be from 20 to 80.',
        'solvent: “water” is not one of THF, DMF, 3',
        'purity: “1e” is no number',
        'lap_shear: “n/a” is no number',
        'cost: is empty',
      ],
    })
    expect(read('25\tTHF\t1\t\t2\t\t\textra')[0]?.problems).toEqual(['has 8 cells, the head has 7'])
  })
})
