import type { Identity } from './git.ts'
import type { Hub } from './hub.ts'

/** Who commits by the API are from. */
export const bot: Identity = {
  name: 'github-actions[bot]',
  email: '41898282+github-actions[bot]@users.noreply.github.com',
}

/** How an account signs commits that GitHub makes for it: with its first address, else with its private one. */
export function identityOf(hub: Hub, login: string): Identity {
  if (login === bot.name) return bot
  const account = hub.options.users.find((user) => user.login === login)
  return { name: login, email: account?.emails?.[0] ?? `${login}@users.noreply.github.com` }
}
