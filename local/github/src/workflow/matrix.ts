/** One combination of a matrix. */
export type Combination = Readonly<Record<string, unknown>>

/** The jobs that a matrix stands for: the product of its lists, without `exclude`, with `include` (GitHub: "matrix strategies"). */
export function expandMatrix(matrix: unknown): Combination[] {
  if (matrix == null || typeof matrix !== 'object') return []
  const {
    include = [],
    exclude = [],
    ...lists
  } = matrix as { include?: Combination[]; exclude?: Combination[] } & Record<string, unknown[]>
  let combinations: Combination[] = Object.keys(lists).length > 0 ? [{}] : []
  for (const [key, values] of Object.entries(lists)) {
    if (!Array.isArray(values)) throw new TypeError(`matrix.${key}: expected a list, found ${JSON.stringify(values)}`)
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
  return combinations
}
