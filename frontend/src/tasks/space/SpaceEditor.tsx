import type { ReactNode } from 'react'
import type { Problems } from '../../graphql/problems'
import { useUnfolded } from '../../graphql/useUnfolded'
import { isBlank } from '../../tables/source'
import { CandidatesEditor } from './CandidatesEditor'
import type { SpaceDraft } from './drafts'
import { ParametersEditor } from './ParametersEditor'
import { SpaceConstraintsEditor } from './SpaceConstraintsEditor'
import styles from './SpaceEditor.module.css'
import { candidatesPath } from './toSpace'

interface SpaceEditorProps {
  space: SpaceDraft
  objectives: readonly string[]
  problems: Problems
  /** Something was tried in it: the parameters stay, and which of their values are searched may change. */
  begun?: boolean
  onChange: (part: Partial<SpaceDraft>) => void
}

/** The parameters, what must hold between them, and a list of candidates if there is one. */
export function SpaceEditor({ space, objectives, problems, begun = false, onChange }: SpaceEditorProps) {
  return (
    <div className={styles.space}>
      <ParametersEditor
        parameters={space.parameters}
        problems={problems}
        begun={begun}
        onChange={(parameters) => onChange({ parameters })}
      />
      <section className={styles.part}>
        <h3>Between parameters</h3>
        <p className={styles.explained}>What every point keeps to, such as shares that add up to 1.</p>
        <SpaceConstraintsEditor
          parameters={space.parameters}
          constraints={space.constraints}
          problems={problems}
          onChange={(constraints) => onChange({ constraints })}
        />
      </section>
      <Fold
        title="Only these points"
        explained="A lab’s stock of samples or designs: points are chosen from a list."
        begin={!isBlank(space.candidates.source)}
        problems={problems}
      >
        <CandidatesEditor space={space} objectives={objectives} problems={problems} onChange={onChange} />
      </Fold>
      {problems.has('parameterSpace') && (
        <p className={styles.problem} role="alert">
          {problems.get('parameterSpace')}
        </p>
      )}
    </div>
  )
}

const foldedPaths = [candidatesPath]

interface FoldProps {
  title: string
  explained: string
  begin: boolean
  problems: Problems
  children: ReactNode
}

function Fold({ title, explained, begin, problems, children }: FoldProps) {
  const [open, setOpen] = useUnfolded(problems, foldedPaths, begin)
  return (
    <details
      className={styles.fold}
      open={open}
      onToggle={(event) => setOpen(event.currentTarget.open)}
      data-testid="section-candidates"
    >
      <summary>
        <h3>{title}</h3>
        <span className={styles.explained}>{explained}</span>
      </summary>
      {children}
    </details>
  )
}
