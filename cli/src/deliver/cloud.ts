import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LocalAws, Template } from '@sluice/local/aws'
import { names } from '@sluice/core/names'

/** The templates of one environment (or of what all share), in the order in which they are deployed. */
export interface StackPlan {
  readonly environment: string
  readonly stacks: readonly { readonly name: string; readonly file: string }[]
}

/**
 * Deploys stacks from infra's synthesized templates to the local AWS. `parameters` are given to the stacks that declare them.
 * Gives the outputs of all.
 */
export async function deployStacks(
  aws: LocalAws,
  plan: StackPlan,
  folder: string,
  parameters: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const outputs: Record<string, string> = {}
  for (const { name, file } of plan.stacks) {
    const template = JSON.parse(await readFile(join(folder, file), 'utf8')) as Template
    const declared = Object.fromEntries(
      Object.entries(parameters).filter(([key]) => template.Parameters?.[key] != null),
    )
    const result = await aws.deployStack({ name, template, parameters: declared })
    Object.assign(outputs, result.outputs)
  }
  return outputs
}

/** The secrets that a service reads, under the names that its task definition asks for. */
export function putSecrets(aws: LocalAws, environment: string, values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) aws.putSecret(names.secret(environment, name), value)
}
