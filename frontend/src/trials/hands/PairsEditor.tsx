import { type Problems, problemAt } from '../../graphql/problems'
import { Button } from '../../ui/Button'
import { Field } from '../../ui/Field'
import { CrossIcon, PlusIcon } from '../../ui/icons'
import styles from './Hands.module.css'
import { newPair, type PairDraft } from './tellForm'

interface PairsEditorProps {
  pairs: readonly PairDraft[]
  nameLabel: string
  textLabel: string
  addLabel: string
  numbers?: boolean
  /** The names that must stay. */
  fixed?: readonly string[]
  path: string
  textField: string
  problems: Problems
  onChange: (pairs: readonly PairDraft[]) => void
}

/** Lines of a name and a text: metrics, links. */
export function PairsEditor(props: PairsEditorProps) {
  const { pairs, nameLabel, textLabel, addLabel, numbers, fixed = [], path, textField, problems } = props
  const replace = (index: number, part: Partial<PairDraft>) => {
    const known = pairs[index]
    if (known) props.onChange(pairs.with(index, { ...known, ...part }))
  }
  return (
    <div className={styles.pairs}>
      {pairs.map((pair, index) => {
        const stays = fixed.includes(pair.name) && pairs.findIndex(({ name }) => name === pair.name) === index
        return (
          <div key={pair.key} className={styles.pair}>
            <Field label={nameLabel} error={problemAt(problems, `${path}.${index}.name`)}>
              {(parts) => (
                <input
                  {...parts}
                  readOnly={stays}
                  spellCheck={false}
                  value={pair.name}
                  onChange={(event) => replace(index, { name: event.target.value })}
                />
              )}
            </Field>
            <Field label={textLabel} error={problemAt(problems, `${path}.${index}.${textField}`)}>
              {(parts) => (
                <input
                  {...parts}
                  inputMode={numbers ? 'decimal' : 'url'}
                  spellCheck={false}
                  value={pair.text}
                  onChange={(event) => replace(index, { text: event.target.value })}
                />
              )}
            </Field>
            <Button
              small
              variant="quiet"
              icon={<CrossIcon />}
              aria-label={`Remove ${pair.name || nameLabel.toLowerCase()}`}
              disabled={stays}
              onClick={() => props.onChange(pairs.toSpliced(index, 1))}
            />
          </div>
        )
      })}
      <Button small icon={<PlusIcon />} onClick={() => props.onChange([...pairs, newPair()])}>
        {addLabel}
      </Button>
    </div>
  )
}
