import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { load, publish, signIn, wrkReport } from './load.ts'
import type { Server } from './servers.ts'

const packages = 300
const versions = 3

/** Seven of ten requests are installers' packuments, two are tarballs, one is a browser's full document. */
const requests = (names: readonly string[]) => `
local names = { ${names.map((name) => `"${name}"`).join(', ')} }
local installer = { ["accept"] = "application/vnd.npm.install-v1+json", ["accept-encoding"] = "gzip" }
local plain = { ["accept"] = "application/json" }
math.randomseed(7)
request = function()
  local name = names[math.random(#names)]
  local turn = math.random(10)
  if turn <= 7 then return wrk.format("GET", "/" .. name, installer) end
  if turn <= 9 then return wrk.format("GET", "/" .. name .. "/-/" .. name .. "-1.0." .. math.random(0, ${versions - 1}) .. ".tgz", plain) end
  return wrk.format("GET", "/" .. name, plain)
end
${wrkReport}`

/** Reads of packages of both clusters while others publish: what a working day is like. */
export async function benchMixed(server: Server, seconds: number, folder: string): Promise<void> {
  const token = await signIn(server.url)
  const names = Array.from({ length: packages }, (_, index) => `mixed-${index}`)
  for (const name of names) {
    for (let patch = 0; patch < versions; patch += 1) await publish(server.url, token, name, `1.0.${patch}`)
  }
  const script = join(folder, 'mixed.lua')
  await writeFile(script, requests(names))
  // What is measured is a registry at work, not one that has just started.
  await load(server.url, {}, seconds, script)
  const state = { on: true, published: 0 }
  const publishing = (async () => {
    for (; state.on; state.published += 1) {
      await publish(server.url, token, `mixed-${state.published % packages}`, `1.1.${state.published}`)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  })()
  const { rps, p95 } = await load(server.url, {}, seconds, script).finally(() => (state.on = false))
  await publishing
  console.log(
    `\n| mixed reads of ${packages} packages on two clusters, ${state.published} publishes meanwhile | requests a second | p95 ms | errors | bar |\n|---|---|---|---|---|`,
  )
  console.log(`| registry | ${Math.round(rps)} | ${p95.toFixed(1)} | 0 | 10,000 a second, p95 < 100 ms, no error |`)
}
