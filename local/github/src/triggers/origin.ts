import { account } from '../api/shapes.ts'
import type { Hub } from '../hub.ts'

/** What every event's payload says of where it comes from. */
export function originOf(hub: Hub, actor: string): { readonly repository: object; readonly sender: object } {
  const { owner, repository, repositoryId } = hub.options
  return {
    repository: {
      id: repositoryId,
      name: repository,
      full_name: hub.fullName,
      default_branch: 'main',
      owner: account(owner),
    },
    sender: account(actor),
  }
}
