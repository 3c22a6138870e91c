import type { AwsService, Call } from '../endpoint/service.ts'

/** A resource that was made: what `Ref` and `Fn::GetAtt` answer. */
export interface CreatedResource {
  readonly ref: string
  readonly attributes: Readonly<Record<string, unknown>>
}

export interface ResourceContext {
  /** The physical id to use where the template names none. */
  readonly generated: string
  /** What a deployment before this one made under the same logical id. */
  readonly existing: CreatedResource | undefined
  /** The properties that it was made or changed with last, where that is known. */
  readonly before: Properties | undefined
  readonly account: string
  readonly region: string
}

export type Properties = Readonly<Record<string, unknown>>
export type ResourceTypes = Readonly<
  Record<string, (properties: Properties, context: ResourceContext) => Promise<CreatedResource> | CreatedResource>
>

/** Calls another service of the emulator as a client would, without the wire. */
export type Invoke = <Output = Record<string, unknown>>(
  service: string,
  operation: string,
  input: object,
) => Promise<Output>

export function createInvoke(services: Readonly<Record<string, AwsService>>, call: Call): Invoke {
  return async <Output>(service: string, operation: string, input: object) => {
    const run = services[service]?.operations[operation]
    if (!run) throw new Error(`sluice's local AWS does not cover ${service}:${operation}`)
    return (await run(input as never, call)) as Output
  }
}

/** Fails quietly when a thing of that name is there already, which makes a repeated deployment safe. */
export async function unlessExists<Output>(
  work: Promise<Output>,
  codes: readonly string[],
): Promise<Output | undefined> {
  try {
    return await work
  } catch (error) {
    if (codes.includes((error as { code?: string }).code ?? '')) return undefined
    throw error
  }
}
