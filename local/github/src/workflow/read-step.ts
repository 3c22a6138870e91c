import type { Step } from './model.ts'
import { mapping, type Mapping } from './yaml-value.ts'

/** The keys of a step in a job. */
export const jobStepKeys = [
  'id',
  'name',
  'if',
  'uses',
  'run',
  'shell',
  'working-directory',
  'with',
  'env',
  'timeout-minutes',
  'continue-on-error',
] as const
/** The keys of a step in a composite action: GitHub has no time limit for those. */
export const compositeStepKeys = jobStepKeys.filter((key) => key !== 'timeout-minutes')

/** Reads a step. `report` gets what this runner does not support. */
export function readStep(
  step: Mapping,
  keys: readonly string[],
  report: (message: string) => void,
  line?: number,
): Step {
  for (const key of Object.keys(step))
    if (!keys.includes(key)) report(`the key ${key} is not supported by the local runner`)
  if ((step['uses'] == null) === (step['run'] == null)) report('expected one of uses and run')
  const limit = step['timeout-minutes']
  if (limit != null && !(Number(limit) > 0))
    report(`timeout-minutes: the local runner takes a number of minutes, found ${JSON.stringify(limit)}`)
  const pick = (key: string) => (step[key] == null ? {} : { [key]: step[key] })
  return {
    ...pick('id'),
    ...pick('name'),
    ...pick('if'),
    ...pick('uses'),
    ...pick('run'),
    ...pick('shell'),
    ...pick('working-directory'),
    with: mapping(step['with']),
    env: mapping(step['env']),
    ...(limit == null ? {} : { timeoutMinutes: Number(limit) }),
    continueOnError: (step['continue-on-error'] as boolean | string | undefined) ?? false,
    ...(line == null ? {} : { line }),
  }
}

/** What people call a step, in messages. */
export function stepTitle({ name, uses, run, id }: Step): string {
  return name ?? id ?? uses ?? run?.split('\n')[0] ?? ''
}
