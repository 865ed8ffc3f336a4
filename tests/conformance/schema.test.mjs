// The schema by the rules of graphql-eslint: schema-recommended, schema-relay, and some more.
import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'
import graphql from '@graphql-eslint/eslint-plugin'
import { ESLint } from 'eslint'

const schema = fileURLToPath(new URL('../../schema.graphql', import.meta.url))

test('graphql-eslint finds nothing', async () => {
  const eslint = new ESLint({
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    overrideConfigFile: true,
    // The comments at the top of the schema are for linters of others: here the rules hold as far as they make sense.
    allowInlineConfig: false,
    overrideConfig: {
      files: ['**/*.graphql'],
      languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema } } },
      plugins: { '@graphql-eslint': graphql },
      rules: {
        ...graphql.configs['flat/schema-recommended'].rules,
        ...graphql.configs['flat/schema-relay'].rules,
        // Types begin with a capital: CreateTaskInput for createTask.
        '@graphql-eslint/input-name': ['error', { checkInputType: true, caseSensitiveInputType: false, checkMutations: true }],
        // Small closed lists (the parameters of a space) need no pages; `nodes` is a common short cut.
        '@graphql-eslint/relay-edge-types': ['error', { withEdgeSuffix: true, shouldImplementNode: true, listTypeCanWrapOnlyEdgeType: false }],
        // Ids are for what `node(id)` finds: payloads, edges, events and parameters have none.
        '@graphql-eslint/strict-id-in-types': 'off',
        '@graphql-eslint/no-scalar-result-type-on-mutation': 'error',
        '@graphql-eslint/require-nullable-fields-with-oneof': 'error',
        '@graphql-eslint/require-deprecation-reason': 'error',
      },
    },
  })
  const results = await eslint.lintFiles([schema])
  assert.equal(results.length, 1, 'the schema is looked at')
  const found = results.flatMap(({ messages }) =>
    messages.filter(({ message }) => !message.includes("has no effect because you have 'noInlineConfig'")).map(({ line, ruleId, message }) => `${line}: ${message} (${ruleId})`),
  )
  assert.deepEqual(found, [])
})
