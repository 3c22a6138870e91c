import * as z from 'zod'

/**
 * shadcn's item, field by field (ui.shadcn.com/schema/registry-item.json, as shadcn 4.23 reads it): what is published here is
 * what the client accepts, so that nothing is found out at an installation. Fields that nobody knows pass unseen.
 */
const texts = z.array(z.string())
const textByName = z.record(z.string(), z.string())

/** The kinds of items; the last two are for shadcn's own use and for files alone. */
const fileTypes = [
  'lib',
  'block',
  'component',
  'ui',
  'hook',
  'theme',
  'page',
  'file',
  'style',
  'base',
  'font',
  'item',
  'example',
  'internal',
] as const
const typeOf = (type: (typeof fileTypes)[number]) => `registry:${type}` as const

const fileSchema = z
  .looseObject({
    path: z.string().min(1),
    type: z.enum(fileTypes.map(typeOf)),
    target: z.string().optional(),
    content: z.string().optional(),
  })
  .refine(({ type, target }) => !['registry:file', 'registry:page'].includes(type) || target !== undefined, {
    message: 'expected a target for files of type registry:file and registry:page',
    path: ['target'],
  })

/** CSS rules: a declaration, a list of declarations, or rules within. */
type Css = string | readonly (string | Readonly<Record<string, string>>)[] | { readonly [selector: string]: Css }
const cssSchema: z.ZodType<Css> = z.lazy(() =>
  z.union([z.string(), z.array(z.union([z.string(), textByName])), z.record(z.string(), cssSchema)]),
)

const fontSchema = z.looseObject({
  family: z.string(),
  provider: z.literal('google'),
  import: z.string(),
  variable: z.string(),
  weight: texts.optional(),
  subsets: texts.optional(),
  selector: z.string().optional(),
  dependency: z.string().optional(),
})

/** What `registry:base` writes into components.json, which takes no other fields. */
const configSchema = z.strictObject({
  $schema: z.string().optional(),
  style: z.string().optional(),
  rsc: z.boolean().optional(),
  tsx: z.boolean().optional(),
  rtl: z.boolean().optional(),
  iconLibrary: z.string().optional(),
  menuColor: z.enum(['default', 'inverted', 'default-translucent', 'inverted-translucent']).optional(),
  menuAccent: z.enum(['subtle', 'bold']).optional(),
  tailwind: z
    .looseObject({
      config: z.string().optional(),
      css: z.string().optional(),
      baseColor: z.string().optional(),
      cssVariables: z.boolean().optional(),
      prefix: z.string().optional(),
    })
    .optional(),
  aliases: z
    .looseObject({
      components: z.string().optional(),
      utils: z.string().optional(),
      ui: z.string().optional(),
      lib: z.string().optional(),
      hooks: z.string().optional(),
    })
    .optional(),
  registries: z
    .record(
      z.string(),
      z.union([
        z.string(),
        z.looseObject({ url: z.string(), params: textByName.optional(), headers: textByName.optional() }),
      ]),
    )
    .optional(),
})

/** What makes an item do something. */
const doing = ['files', 'cssVars', 'css', 'tailwind', 'envVars', 'dependencies', 'registryDependencies'] as const

export const itemSchema = z
  .looseObject({
    $schema: z.string().optional(),
    name: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/)
      .optional(),
    type: z.enum(fileTypes.filter((type) => type !== 'example' && type !== 'internal').map(typeOf)),
    extends: z.string().optional(),
    title: z.string().optional(),
    author: z.string().min(2).optional(),
    description: z.string().optional(),
    dependencies: texts.optional(),
    devDependencies: texts.optional(),
    registryDependencies: texts.optional(),
    files: z.array(fileSchema).optional(),
    tailwind: z
      .looseObject({
        config: z
          .looseObject({
            content: texts.optional(),
            theme: z.record(z.string(), z.unknown()).optional(),
            plugins: texts.optional(),
          })
          .optional(),
      })
      .optional(),
    cssVars: z
      .looseObject({ theme: textByName.optional(), light: textByName.optional(), dark: textByName.optional() })
      .optional(),
    css: z.record(z.string(), cssSchema).optional(),
    envVars: textByName.optional(),
    meta: z.record(z.string(), z.unknown()).optional(),
    docs: z.string().optional(),
    categories: texts.optional(),
    font: fontSchema.optional(),
    config: configSchema.optional(),
  })
  .superRefine((item, context) => {
    const isFont = item.type === 'registry:font'
    if (isFont && !item.font)
      context.addIssue({ code: 'custom', path: ['font'], message: 'expected a font for an item of type registry:font' })
    const does = doing.some((field) => Object.keys(item[field] ?? {}).length > 0)
    if (!does && !isFont && !item.config) {
      const message = `expected at least one of ${doing.join(', ')}: shadcn would install nothing, without a word`
      context.addIssue({ code: 'custom', path: ['files'], message })
    }
  })
export type StatedItem = z.output<typeof itemSchema>
