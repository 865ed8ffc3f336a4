import { useState } from 'react'
import { Button } from './Button'
import styles from './CodeBlock.module.css'
import { CheckIcon, CopyIcon } from './icons'
import { toast } from './toast'

const confirmedMs = 1_600

/** Text to be taken over as it stands, with a button that copies it. */
export function CodeBlock({ code, label = 'Copy' }: { code: string; label?: string }) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(code)
      setCopied(true)
      setTimeout(() => setCopied(false), confirmedMs)
    } catch {
      toast('bad', 'The browser did not allow copying. Select the text and copy it by hand.')
    }
  }
  return (
    <div className={styles.block}>
      <pre>
        <code>{code}</code>
      </pre>
      <Button
        small
        variant="quiet"
        icon={copied ? <CheckIcon /> : <CopyIcon />}
        aria-label={copied ? 'Copied' : label}
        title={label}
        onClick={() => void copy()}
      />
    </div>
  )
}
