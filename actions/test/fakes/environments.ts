import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export const imageA = `component-registry@sha256:${'a'.repeat(64)}`
export const imageB = `component-registry@sha256:${'b'.repeat(64)}`
export const releaseB = { image: imageB, commit: 'b'.repeat(40), version: '1.1.0' }

const service = (image: string, letter: string) => `kind: web
release: # only a promotion changes these lines
  image: ${image}
  commit: "${letter.repeat(40)}"
  version: 1.0.0
task: { cpu: 256, memory: 512 }
rollout: { strategy: ROLLING }
`

/** A small `environments/`: dev, promoted to automatically, and prod, by two people. Both name image A. */
export const environmentFiles: Readonly<Record<string, string>> = {
  'environments/project.yaml': `github: { owner: acme, ownerId: 1, repository: sluice, repositoryId: 2 }
artifacts: { account: "000000000000", region: us-east-1 }
services:
  registry: { path: app, image: component-registry, owners: ["@acme/registry"] }
`,
  'environments/policy/findings.yaml': 'required: { dev: [npm-audit], prod: [npm-audit, ecr] }\n',
  'environments/dev/environment.yaml': 'account: "000000000000"\nregions: [us-east-1]\npromotion: { mode: auto }\n',
  'environments/dev/registry.yaml': service(imageA, 'a'),
  'environments/prod/environment.yaml':
    'account: "000000000000"\nregions: [us-east-1]\npromotion: { from: dev, mode: pull-request, approvals: 2 }\n',
  'environments/prod/registry.yaml': service(imageA, 'a'),
}

/** Writes files into a folder of their own and gives it. */
export function writeFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-workspace-'))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}
