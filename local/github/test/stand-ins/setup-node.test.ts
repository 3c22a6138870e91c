import { describe, expect, it } from 'vitest'
import { localRepository, thirdParty } from '../local-repository.ts'

const repository = localRepository()
const setupNode = 'actions/setup-node@820762786026740c76f36085b0efc47a31fe5020'
const job = (...steps: string[]) =>
  `{ on: workflow_dispatch, jobs: { a: { runs-on: ubuntu-24.04, steps: [${steps.join(', ')}] } } }`
const own = (major: string) => `{ uses: ${setupNode}, with: { node-version: "${major}" } }`

describe('setup-node', () => {
  it('takes the Node.js that the project brings, and says which', async () => {
    await repository.runs(job(own(process.versions.node.split('.')[0] ?? ''), '{ run: node --version, shell: bash }'))
    expect(repository.conclusions()).toEqual({ a: 'success' })
    expect(repository.logs()).toContain(`Node ${process.version}`)
  })

  it('fails for another one: it would not be what GitHub would run', async () => {
    await repository.runs(job(own('18')))
    expect(repository.conclusions()).toEqual({ a: 'failure' })
    expect(repository.events()).toContainEqual(
      expect.objectContaining({ type: 'annotation', message: expect.stringContaining('expected Node 18') }),
    )
  })
})

describe('an action by ./', () => {
  const files = {
    'actions/say/action.yml':
      'name: say\ndescription: Says.\nruns: { using: composite, steps: [{ run: echo SAID committed, shell: bash }] }\n',
  }
  const said = () => repository.logs().filter((line) => line.startsWith('SAID'))

  it('is what was checked out, as a step before left it; by $/ it is what was committed', async () => {
    const change = "{ run: 'sed -i s/committed/changed/ actions/say/action.yml', shell: bash }"
    const steps = [`{ uses: ${thirdParty.checkout} }`, change, '{ uses: ./actions/say }', '{ uses: $/actions/say }']
    await repository.runs(job(...steps), { files })
    expect(said()).toEqual(['SAID changed', 'SAID committed'])
  })

  it('is not there before a checkout, and the step says so; by $/ it is', async () => {
    await repository.runs(job('{ uses: $/actions/say }', '{ uses: ./actions/say }'), { files })
    expect(said()).toEqual(['SAID committed'])
    expect(repository.conclusions()).toEqual({ a: 'failure' })
    expect(repository.events()).toContainEqual(
      expect.objectContaining({ type: 'annotation', message: expect.stringMatching(/expected an action\.yml in/) }),
    )
  })
})
