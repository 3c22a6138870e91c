import * as z from 'zod'
import { environmentSchema } from '../../actions/core/src/environment/environment.ts'
import { findingsPolicySchema, freezeSchema } from '../../actions/core/src/environment/policy.ts'
import { projectSchema } from '../../actions/core/src/environment/project.ts'
import { serviceSchema } from '../../actions/core/src/environment/service.ts'

/** `environments/schema.json`, for editors: one definition a kind of file. Validation itself uses the zod schemas. */
export function environmentSchemaJson(): Array<[path: string, text: string]> {
  const definitions = Object.fromEntries(
    Object.entries({
      project: projectSchema,
      environment: environmentSchema,
      service: serviceSchema,
      freeze: freezeSchema,
      findings: findingsPolicySchema,
    }).map(([name, schema]) => [name, z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })]),
  )
  const schema = { $schema: 'https://json-schema.org/draft/2020-12/schema', $defs: definitions }
  return [['environments/schema.json', `${JSON.stringify(schema, null, 2)}\n`]]
}
