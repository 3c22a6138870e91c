import { parseDesiredState, type DesiredState } from '@sluice/core/environment/read'
import { ConfigurationError } from '@sluice/core/failure'
import { filesAt } from './revision.ts'

/**
 * `environments/` as the templates of before were made from it, for what they cost: a profile that changed, an environment that is
 * gone. None where git does not have it, or has it in a form that is not read any more.
 */
export function formerState(root: string, revision: string): DesiredState | undefined {
  try {
    return parseDesiredState(
      filesAt(root, revision, 'environments', (file) => file.endsWith('.yaml')),
      'environments',
    )
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined
    throw error
  }
}
