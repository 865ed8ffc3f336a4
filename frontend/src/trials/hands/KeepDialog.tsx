import { useState } from 'react'
import { KeepTrialsDocument } from '../../gql/graphql'
import { request } from '../../graphql/request'
import { useSubmit } from '../../graphql/useSubmit'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { Segments } from '../../ui/Segments'
import { toast } from '../../ui/toast'
import { useNow } from '../../ui/useNow'
import { type Lease, leaseText } from '../lease'
import type { Trial } from '../trial'
import type { TrialStore } from '../trialStore'
import { type LeaseTime, leaseTimeLabels, leaseTimes } from './leaseTimes'

interface KeepDialogProps {
  taskId: string
  trial: Trial & { lease: Lease }
  store: TrialStore
  onClose: () => void
}

/** What a program does by heartbeats, a person does once: keeps a point for longer. */
export function KeepDialog({ taskId, trial, store, onClose }: KeepDialogProps) {
  const [time, setTime] = useState<LeaseTime>('1 day')
  const { busy, submit } = useSubmit()
  const now = useNow()

  const keep = () =>
    void submit(async () => {
      const { token } = trial.lease
      const { heartbeat } = await request(KeepTrialsDocument, {
        input: {
          leases: [{ trialId: `${taskId}:${trial.number}`, token }],
          leaseSeconds: leaseTimes[time],
        },
      })
      const [state] = heartbeat.leases
      if (state?.verdict === 'GO_ON' && state.expiresAt !== null) {
        store.renewLease(trial.number, token, state.expiresAt)
        toast('good', `Trial ${trial.number} is yours for ${time} from now.`)
      } else {
        toast('bad', `Trial ${trial.number} is no longer yours: ${state?.reason ?? 'the lease has ended'}.`)
      }
      onClose()
    })

  return (
    <Dialog
      title={`Keep trial ${trial.number} longer`}
      onClose={onClose}
      onSubmit={keep}
      testId="keep"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={busy}>
            Keep
          </Button>
        </>
      }
    >
      <p>It is yours now: {leaseText(trial.lease, now)}.</p>
      <Segments label="From now on, for" options={leaseTimeLabels} value={time} onChange={setTime} />
    </Dialog>
  )
}
