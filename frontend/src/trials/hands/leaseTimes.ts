/** How long a person may want to keep a point: the seconds, by their name. */
export const leaseTimes = {
  '15 min': 900,
  '1 hour': 3_600,
  '1 day': 86_400,
  '1 week': 604_800,
} as const

export type LeaseTime = keyof typeof leaseTimes

export const leaseTimeLabels = Object.fromEntries(
  Object.keys(leaseTimes).map((name) => [name, name]),
) as Readonly<Record<LeaseTime, string>>
