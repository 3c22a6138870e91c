import type { PackageModel, VersionModel } from '../packages/model.ts'

/** How each client installs this version: what to call it, and the line. */
export function installCommands(
  { name, tags }: Pick<PackageModel, 'name' | 'tags'>,
  { version, component }: Pick<VersionModel, 'version' | 'component'>,
  base: string,
): readonly (readonly [client: string, command: string])[] {
  const wanted = tags['latest'] === version ? name : `${name}@${version}`
  return [
    ['npm', `npm install ${wanted} --registry ${base}`],
    ...(component ? ([['shadcn, as source', `npx shadcn add ${base}/r/${name}@${version}.json`]] as const) : []),
    ['pnpm', `pnpm add ${wanted} --registry ${base}`],
    ['yarn 4', `YARN_NPM_REGISTRY_SERVER=${base} yarn add ${wanted}`],
    ['yarn 1', `yarn add ${wanted} --registry ${base}`],
    ['bun', `bun add ${wanted} --registry ${base}`],
  ]
}
