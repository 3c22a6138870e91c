/** One combination of a matrix. */
export type Combination = Readonly<Record<string, unknown>>

/** GitHub: jobs of one matrix in a run. */
const largestMatrix = 256

/**
 * The jobs that a matrix stands for: the product of its lists, without `exclude`, with `include` (GitHub: "matrix strategies").
 * Throws what GitHub fails the job with: an empty list, no job at all, more jobs than it takes.
 */
export function expandMatrix(matrix: unknown): Combination[] {
  if (matrix == null || typeof matrix !== 'object' || Array.isArray(matrix))
    throw new TypeError(`matrix: expected a mapping of lists, found ${JSON.stringify(matrix)}`)
  const {
    include = [],
    exclude = [],
    ...lists
  } = matrix as { include?: Combination[]; exclude?: Combination[] } & Record<string, unknown[]>
  let combinations: Combination[] = Object.keys(lists).length > 0 ? [{}] : []
  for (const [key, values] of Object.entries(lists)) {
    if (!Array.isArray(values)) throw new TypeError(`matrix.${key}: expected a list, found ${JSON.stringify(values)}`)
    if (values.length === 0) throw new TypeError(`Matrix vector '${key}' does not contain any values`)
    combinations = combinations.flatMap((combination) => values.map((value) => ({ ...combination, [key]: value })))
  }
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
  combinations = combinations.filter(
    (combination) => !exclude.some((one) => Object.entries(one).every(([key, value]) => same(combination[key], value))),
  )
  // An entry extends the combinations of the lists alone, never what an entry before it has added.
  const fromLists = combinations.length
  for (const extra of include) {
    const fitting = combinations
      .slice(0, fromLists)
      .filter((combination) =>
        Object.entries(extra).every(([key, value]) => !(key in lists) || same(combination[key], value)),
      )
    if (fitting.length === 0) combinations.push(extra)
    else
      combinations = combinations.map((combination) =>
        fitting.includes(combination) ? { ...combination, ...extra } : combination,
      )
  }
  if (combinations.length === 0) throw new TypeError('Matrix must define at least one vector')
  if (combinations.length > largestMatrix)
    throw new TypeError(`a matrix may have ${largestMatrix} jobs at most, found ${combinations.length}`)
  return combinations
}
