import pg from 'pg'
import { percentile } from './load.ts'

/** Writes the read model directly (what is measured is the search, not a hundred thousand publishes), then asks. */
export async function benchSearch(url: string, databaseUrl: string, components: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query(
    `insert into registry.documents (name, shard, revision, document)
     select name, 0, 1, jsonb_build_object('name', name, 'version', '1.0.0', 'description', 'component number ' || i || ' of the benchmark, a ' ||
         (array['button','dialog','table','menu','form'])[1 + i % 5], 'keywords', jsonb_build_array('ui', 'react'), 'access', 'public',
       'date', now(), 'publisher', 'bench', 'maintainers', jsonb_build_array(jsonb_build_object('name', 'bench')), 'links', '{}'::jsonb,
       'license', 'MIT', 'versions', 1, 'deprecated', false, 'item', null)
     from (select '@scope-' || i % 400 || '/component-' || i as name, i from generate_series(1, $1::int) i) made`,
    [components],
  )
  await client.end()
  const search = async (text: string) => {
    const began = performance.now()
    const response = await fetch(`${url}/-/v1/search?text=${encodeURIComponent(text)}&size=20`)
    const { total } = (await response.json()) as { total: number }
    return { total, took: performance.now() - began }
  }
  const deadline = Date.now() + 60_000
  while ((await search('')).total < components) {
    if (Date.now() > deadline) throw new Error('the search does not know all components after a minute')
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  // Words that the process has never been asked for, in every way they are looked for: by name, by parts, with a word that all
  // have; then as somebody types; then what many search for.
  const anew = Array.from(
    { length: 200 },
    (_, turn) =>
      [`component-${turn * 7}`, `@scope-${turn} menu`, `number ${turn}`, `form ${turn} benchmark`][turn % 4] ?? '',
  )
  const typed = ['component-4711', 'benchmark', '@scope-77/comp', 'dialog number 12'].flatMap((text) =>
    Array.from(text, (_, index) => text.slice(0, index + 1)),
  )
  const again = Array.from(
    { length: 200 },
    (_, turn) => ['button', 'dialog number', 'nothing-at-all', ''][turn % 4] ?? '',
  )
  const { total } = await search('a button')
  console.log(
    `\n| search, ${components} components | searches | p50 ms | p95 ms | bar | total of "a button" (${Math.floor(components / 5)} are) |`,
  )
  console.log('|---|---|---|---|---|---|')
  for (const [kind, texts] of Object.entries({
    'never seen before': anew,
    'as somebody types': typed,
    repeated: again,
  })) {
    const took: number[] = []
    for (const text of texts) took.push((await search(text)).took)
    console.log(
      `| ${kind} | ${texts.length} | ${percentile(took, 50).toFixed(1)} | ${percentile(took, 95).toFixed(1)} | p95 < 20 ms | ${total} |`,
    )
  }
}
