import * as core from '@actions/core'
import type { ActionContract } from './contract.ts'

/** Sets the outputs of this step; only those that the contract names compile. Objects become JSON, absent ones stay empty. */
export function setOutputs<Output extends string>(
  contract: Pick<ActionContract<never, Output>, 'outputs'>,
  values: { readonly [name in NoInfer<Output>]?: unknown },
): void {
  for (const name of contract.outputs) core.setOutput(name, values[name] ?? '')
}
