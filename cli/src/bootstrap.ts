import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ConfigurationError } from '@sluice/core/failure'
import { readEnvironments } from '@sluice/infra/planning'
import { createChecker, type CheckResult, type RunProgram } from './bootstrap/check.ts'
import { describeAdoption, neverAdopted } from './bootstrap/print-adoption.ts'
import { runAdopt } from './bootstrap/run-adopt.ts'
import { bootstrapChapters } from './bootstrap/steps.ts'
import type { Command } from './command.ts'

const signs: Readonly<Record<CheckResult['state'], string>> = {
  there: 'there      ',
  missing: 'MISSING    ',
  'not checked': 'not checked',
}

/** `sluice bootstrap`: what empty accounts and an empty repository need, in order. */
export const bootstrap: Command = {
  name: 'bootstrap',
  summary: 'what empty AWS accounts and an empty GitHub repository need, in order, with the exact commands',
  help: `usage: sluice bootstrap --plan [--no-check] [--environments DIR] [--json]
       sluice bootstrap --adopt --environment NAME [--region REGION] [--cluster NAME] [--service NAME=ECS-SERVICE]...
                        [--load-balancer NAME|ARN] [--vpc ID] [--environments DIR] [--json]

Lists in order what the accounts and the repository of environments/ need before the first delivery, looks at what is there
already (with the credentials of the aws and gh programs, reading only), and prints the commands for the rest. What cannot be
looked at is "not checked", never taken for done. Changes nothing: the commands are yours to run. Exit code 0 when everything
is there, 3 when something is missing or not checked. docs/first-account.md explains the steps.

--adopt reads an existing VPC, cluster, load balancer and services (load balancer and VPC are found by the services' where they
are not named), reading only, and prints the section for environments/NAME/environment.yaml that uses them in place of new ones, with
everything that cannot be adopted and why. Without ids it reads again what the file adopts. Exit code 3 when something is refused.

  sluice bootstrap --plan
  sluice bootstrap --adopt --environment prod --cluster shop --service registry=registry-web
  AWS_PROFILE=prod sluice bootstrap --plan`,
  async run(args) {
    const { plan, adopt, check, environments, json, ...ids } = parse(args)
    if (plan === adopt) throw new ConfigurationError('expected one of --plan and --adopt')
    if (adopt) {
      const answer = await runAdopt(runProgram, await readEnvironments(environments), {
        environment: ids.environment,
        region: ids.region,
        cluster: ids.cluster,
        services: ids.service,
        loadBalancer: ids['load-balancer'],
        vpc: ids.vpc,
      })
      console.log(json ? JSON.stringify({ ...answer, neverAdopted }, null, 2) : describeAdoption(answer))
      return answer.refused.length + answer.problems.length === 0 ? 0 : 3
    }
    const ask = check ? createChecker(runProgram) : notAsked
    const chapters = []
    for (const { title, steps } of bootstrapChapters(await readEnvironments(environments))) {
      const checked = []
      for (const step of steps) checked.push({ ...step, ...(await ask(step.check)) })
      chapters.push({ title, steps: checked })
    }
    const all = chapters.flatMap(({ steps }) => steps)
    if (json) console.log(JSON.stringify(chapters, null, 2))
    else print(chapters)
    return all.every(({ state }) => state === 'there') ? 0 : 3
  },
}

const notAsked = async (): Promise<CheckResult> => ({ state: 'not checked', reason: 'not asked' })

interface PrintedChapter {
  readonly title: string
  readonly steps: ReadonlyArray<CheckResult & { title: string; why: string; commands: readonly string[] }>
}

function print(chapters: readonly PrintedChapter[]): void {
  console.log('What the accounts and the repository of environments/ need before the first delivery, in order.')
  console.log(
    'Nothing is changed: run what is missing yourself, words in capitals (DIGEST, APP_ID) are yours to fill in.',
  )
  for (const [index, { title, steps }] of chapters.entries()) {
    console.log(`\n${index + 1}. ${title}`)
    for (const step of steps) {
      console.log(`\n  ${signs[step.state]}  ${step.title}${step.reason === '' ? '' : ` (${step.reason})`}`)
      if (step.state === 'there') continue
      console.log(`               ${step.why}`)
      for (const command of step.commands) console.log(`    $ ${command}`)
    }
  }
  const all = chapters.flatMap(({ steps }) => steps)
  const count = (state: CheckResult['state']) => all.filter((step) => step.state === state).length
  console.log(
    '\nIs there a VPC, a cluster, a load balancer or a service already? They can be used in place of new ones:',
  )
  console.log('    $ npx sluice bootstrap --adopt --environment NAME --cluster NAME --service NAME=ECS-SERVICE')
  console.log(`\n${count('there')} there, ${count('missing')} missing, ${count('not checked')} not checked`)
  if (count('not checked') > 0)
    console.log('An account is looked at with its own credentials, GitHub with gh: run this again with each of them.')
}

const runProgram: RunProgram = (program, args) =>
  new Promise((resolve) => {
    execFile(program, args, { timeout: 120_000, env: { ...process.env, AWS_PAGER: '' } }, (error, stdout, stderr) => {
      if (error && 'code' in error && error.code === 'ENOENT') resolve(undefined)
      else resolve({ exitCode: error ? 1 : 0, stdout, stderr })
    })
  })

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowNegative: true,
      options: {
        plan: { type: 'boolean', default: false },
        adopt: { type: 'boolean', default: false },
        environment: { type: 'string' },
        region: { type: 'string' },
        cluster: { type: 'string' },
        service: { type: 'string', multiple: true, default: [] },
        'load-balancer': { type: 'string' },
        vpc: { type: 'string' },
        check: { type: 'boolean', default: true },
        environments: { type: 'string', default: join(import.meta.dirname, '../../environments') },
        json: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    throw new ConfigurationError((error as Error).message, { cause: error })
  }
}
