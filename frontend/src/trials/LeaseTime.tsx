import { useNow } from '../ui/useNow'
import styles from './LeaseTime.module.css'
import { type Lease, leaseLook, leaseText } from './lease'

/** How long a lease still holds, counting down; it warns when it is nearly over. */
export function LeaseTime({ lease }: { lease: Lease }) {
  const now = useNow()
  return (
    <time
      className={styles.lease}
      data-look={leaseLook(lease, now)}
      data-testid="lease"
      dateTime={new Date(lease.expiresAt).toISOString()}
      title={`Until ${new Date(lease.expiresAt).toLocaleString()} unless it is renewed`}
    >
      {leaseText(lease, now)}
    </time>
  )
}
