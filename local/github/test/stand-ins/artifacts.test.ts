import { describe, expect, it } from 'vitest'
import { localRepository, thirdParty } from '../local-repository.ts'

const repository = localRepository()
const { logs, conclusions, events } = repository

const run = (script: string) => `{ run: '${script}', shell: bash }`
const upload = (inputs: string) => `{ uses: ${thirdParty.upload}, with: { ${inputs} } }`
const download = (inputs: string) => `{ uses: ${thirdParty.download}, with: { ${inputs} } }`
/** Jobs one after the other, by their steps. */
const workflow = (...jobs: string[][]) =>
  `{ on: workflow_dispatch, jobs: { ${jobs
    .map(
      (steps, index) =>
        `job${index}: { runs-on: ubuntu-24.04, if: always(), needs: [${index === 0 ? '' : `job${index - 1}`}], steps: [${steps.join(', ')}] }`,
    )
    .join(', ')} } }`
const messages = (level: string) =>
  events().flatMap((event) => (event.type === 'annotation' && event.level === level ? [event.message] : []))

describe('an artifact', () => {
  it('brings what wildcards named to another job, without its permissions', async () => {
    await repository.runs(
      workflow(
        [
          run(
            'mkdir -p out/deep; echo one > out/1.txt; echo two > out/deep/2.txt; echo no > out/3.md; chmod 755 out/1.txt',
          ),
          upload('name: texts, path: "out/**/*.txt"'),
        ],
        [download('name: texts, path: in'), run('cd in; find . -type f -printf "%p %m\\n" | sort; cat deep/2.txt')],
      ),
    )
    expect(conclusions()).toEqual({ job0: 'success', job1: 'success' })
    expect(logs().filter((line) => /^\.\/|^two$/.test(line))).toEqual(['./1.txt 644', './deep/2.txt 644', 'two'])
  })

  it('comes with others by a pattern, each in its folder or all in one', async () => {
    await repository.runs(
      workflow(
        ['a', 'b'].flatMap((name) => [
          run(`echo ${name} > ${name}.txt`),
          upload(`name: report-${name}, path: ${name}.txt`),
        ]),
        [
          download('pattern: report-*, path: each'),
          download('pattern: report-*, path: one, merge-multiple: "true"'),
          run('find each one -type f | sort'),
        ],
      ),
    )
    expect(logs().filter((line) => /^(?:each|one)\//.test(line))).toEqual([
      'each/report-a/a.txt',
      'each/report-b/b.txt',
      'one/a.txt',
      'one/b.txt',
    ])
  })

  it('has a name of its own in the run: a second one fails, unless it is to take its place', async () => {
    const again = (rest: string) => [run('echo second > other.txt'), upload(`name: texts, path: other.txt${rest}`)]
    const show = [download('name: texts, path: in'), run('ls in')]
    await repository.runs(
      workflow(
        [run('echo first > a.txt'), upload('name: texts, path: a.txt')],
        again(''),
        show,
        again(', overwrite: "true"'),
        show,
      ),
    )
    expect(conclusions()).toEqual({
      job0: 'success',
      job1: 'failure',
      job2: 'success',
      job3: 'success',
      job4: 'success',
    })
    expect(messages('error')).toEqual([
      'Failed to CreateArtifact: (409) Conflict: an artifact with this name already exists on the workflow run: texts',
    ])
    expect(logs().filter((line) => /^(?:a|other)\.txt$/.test(line))).toEqual(['a.txt', 'other.txt'])
  })

  it.each([
    ['warns', '', 'success', 'warning: '],
    ['fails', ', if-no-files-found: error', 'failure', 'error: '],
    ['goes on', ', if-no-files-found: ignore', 'success', ''],
  ])('%s with %j where no file was found', async (_, rest, conclusion, said) => {
    await repository.runs(workflow([upload(`name: texts, path: "none/*"${rest}`)]))
    expect(conclusions()).toEqual({ job0: conclusion })
    const told = 'No files were found with the provided path: none/*. No artifacts will be uploaded.'
    expect(logs()).toContain(`${said}${told}`)
  })

  it('is refused under a name that no file could have', async () => {
    await repository.runs(workflow([run('echo a > a'), upload('name: "a/b", path: a')]))
    expect(messages('error')).toEqual(['The artifact name is not valid: a/b. Contains the following character: /'])
  })
})
