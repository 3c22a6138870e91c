interface Template {
  readonly Resources?: Readonly<Record<string, { readonly Type: string }>>
}

const isTaskDefinition = (resource: { readonly Type: string } | undefined) =>
  resource?.Type === 'AWS::ECS::TaskDefinition'

/**
 * Templates with the first revisions of services as the golden templates hold them. A service's first revision never changes
 * once it is deployed (design: who owns what): `task` in `<env>/<service>.yaml` belongs to the release, and a template that followed it
 * would register a revision with the first image beside the one that runs. Services that are new keep what was built for them.
 */
export function keepFirstRevisions(
  templates: ReadonlyMap<string, object>,
  golden: ReadonlyMap<string, object>,
): Map<string, object> {
  return new Map(
    [...templates].map(([file, template]) => {
      const former: Template = golden.get(file) ?? {}
      const before = former.Resources ?? {}
      const { Resources: now = {} }: Template = template
      const kept = Object.entries(now).map(([id, resource]) => {
        const first = before[id]
        return [id, first != null && isTaskDefinition(resource) && isTaskDefinition(first) ? first : resource] as const
      })
      return [file, { ...template, Resources: Object.fromEntries(kept) }] as const
    }),
  )
}
