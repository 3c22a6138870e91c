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
  // As people search: some words again and again, the others never before, so that two thirds of all are looked for anew.
  const again = ['button', 'dialog number', 'nothing-at-all', '']
  const anew = (turn: number) =>
    [`component-${turn * 7}`, `@scope-${turn % 400} menu`, `number ${turn}`, `form ${turn} benchmark`][turn % 4] ?? ''
  const took: number[] = []
  for (let turn = 0; turn < 300; turn += 1) {
    const text = turn % 3 === 0 ? (again[(turn / 3) % again.length] ?? '') : anew(turn)
    took.push((await search(text)).took)
  }
  const { total } = await search('a button')
  console.log(
    `\n| search, ${components} components | p50 ms | p95 ms | bar | total of "a button" (${Math.floor(components / 5)} are) |`,
  )
  console.log('|---|---|---|---|---|')
  console.log(
    `| registry | ${percentile(took, 50).toFixed(1)} | ${percentile(took, 95).toFixed(1)} | p95 < 20 ms | ${total} |`,
  )
}
