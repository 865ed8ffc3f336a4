/**
 * How a measurement agrees with what was predicted: by how many standard deviations it lies off, those of the prediction
 * and of the measurement together.
 */
export function surprise(
  measured: number,
  error: number | undefined,
  { mean, deviation }: { readonly mean: number; readonly deviation: number },
): string {
  const spread = Math.hypot(deviation, error ?? 0)
  const off = spread === 0 ? (measured === mean ? 0 : Number.POSITIVE_INFINITY) : (measured - mean) / spread
  const size = Math.abs(off)
  if (size <= 1) return 'as predicted'
  const way = off > 0 ? 'higher' : 'lower'
  if (size <= 2) return `a little ${way}`
  return size > 99 ? `far ${way}` : `${size.toFixed(1)} deviations ${way}`
}
