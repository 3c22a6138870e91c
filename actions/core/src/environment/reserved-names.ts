import { names } from '../names.ts'
import { shared } from '../stacks/shared.ts'

const [rollout, rollBack, recovery] = [
  names.githubEnvironment.rollout(''),
  names.githubEnvironment.rollBack(''),
  names.githubEnvironment.recovery(''),
]

/** Why an environment cannot have a name that something else goes by; nothing when it can. */
export function whyReserved(name: string): string | undefined {
  if (name === shared) return `"${shared}" stands for what all environments share, in stacks, roles and workflows`
  const suffix = [rollout, rollBack, recovery].find((end) => name.endsWith(end))
  return suffix && `names that end in "${suffix}" are those of GitHub environments of their own`
}
