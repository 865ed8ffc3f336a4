/** Values found so far and the best among them, stepping towards the optimum. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#0c6f69" />
      <path
        d="M6 8.5h6v7h6.5v5.5H26"
        fill="none"
        stroke="#fff"
        strokeWidth="2.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <circle cx="18.5" cy="9" r="1.9" fill="#9fe0d6" />
      <circle cx="24.2" cy="14" r="1.9" fill="#9fe0d6" />
      <circle cx="8" cy="21" r="1.9" fill="#9fe0d6" opacity="0.55" />
      <circle cx="26" cy="21" r="2.6" fill="#ffc857" />
    </svg>
  )
}
