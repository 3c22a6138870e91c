import type { Category } from './prices.ts'

/** One resource of a template, with what its price may ask for. */
export interface TemplateResource {
  readonly file: string
  readonly id: string
  readonly type: string
  readonly properties: Readonly<Record<string, unknown>>
  readonly region: string
  /** Everything in the same template, for properties that stand in a neighbour. */
  readonly neighbours: readonly TemplateResource[]
}

/** A quantity of one thing that has a price. */
export interface Charge {
  readonly item: string
  readonly category: Category
  /** Its key in the price file. */
  readonly price: string
  /** Units a month. */
  readonly quantity: number
  /** The key of a share that the price is multiplied by, such as Spot's. */
  readonly share?: string
  /** Runs twice while a rollout keeps both sides. */
  readonly isDoubledByRollout?: boolean
}

interface Template {
  readonly Resources?: Readonly<Record<string, { readonly Type: string; readonly Properties?: object }>>
}

/** The resources of templates by file. `regionOf` says where a file's stack stands. */
export function resourcesOf(
  templates: ReadonlyMap<string, object>,
  regionOf: (file: string) => string,
): TemplateResource[] {
  return [...templates].flatMap(([file, template]) => {
    const neighbours: TemplateResource[] = []
    for (const [id, { Type, Properties = {} }] of Object.entries((template as Template).Resources ?? {})) {
      const properties = Properties as Record<string, unknown>
      neighbours.push({ file, id, type: Type, properties, region: regionOf(file), neighbours })
    }
    return neighbours
  })
}
