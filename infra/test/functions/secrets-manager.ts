import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Version {
  text: string | undefined
  stages: Set<string>
}

type Input = Readonly<Record<string, string | readonly string[] | undefined>>

/** A Secrets Manager with one secret, on a port of this machine: versions and their labels move as the API reference says. */
export class FakeSecretsManager {
  readonly versions = new Map<string, Version>()
  readonly calls: string[] = []
  isRotated = true
  #passwords = 0
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const operation = String(request.headers['x-amz-target']).split('.')[1] ?? ''
      this.calls.push(operation)
      const answer = this.#answer(operation, JSON.parse(Buffer.concat(chunks).toString()) as Input)
      response.writeHead('__type' in answer ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' })
      response.end(JSON.stringify(answer))
    })
  })

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  stop(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  /** The secret as it is at the beginning of a rotation: the next version has its label and no text. */
  reset(current: object, pending: string): void {
    this.versions.clear()
    this.calls.length = 0
    this.isRotated = true
    this.versions.set('before', { text: JSON.stringify(current), stages: new Set(['AWSCURRENT']) })
    this.versions.set(pending, { text: undefined, stages: new Set(['AWSPENDING']) })
  }

  labelled(stage: string): { readonly id: string; readonly login: Record<string, unknown> } | undefined {
    for (const [id, { text, stages }] of this.versions)
      if (stages.has(stage)) return { id, login: JSON.parse(text ?? '{}') as Record<string, unknown> }
    return undefined
  }

  #answer(operation: string, input: Input): object {
    switch (operation) {
      case 'DescribeSecret': {
        const labels = [...this.versions].map(([id, { stages }]) => [id, [...stages]] as const)
        return { RotationEnabled: this.isRotated, VersionIdsToStages: Object.fromEntries(labels) }
      }
      case 'GetSecretValue': {
        const { VersionId, VersionStage } = input
        const found = [...this.versions].find(
          ([id, { text, stages }]) =>
            text != null && (VersionId == null || id === VersionId) && stages.has(String(VersionStage)),
        )
        if (!found) return { __type: 'ResourceNotFoundException', message: `no version with ${String(VersionStage)}` }
        return { VersionId: found[0], SecretString: found[1].text }
      }
      case 'GetRandomPassword':
        return {
          RandomPassword: `Generated${(this.#passwords += 1)}${'x'.repeat(Number(input['PasswordLength']) - 11)}`,
        }
      case 'PutSecretValue': {
        const version = this.versions.get(String(input['ClientRequestToken']))
        if (version?.text != null) return { __type: 'ResourceExistsException', message: 'another text is there' }
        const stages = new Set(input['VersionStages'])
        this.versions.set(String(input['ClientRequestToken']), { text: String(input['SecretString']), stages })
        return {}
      }
      case 'UpdateSecretVersionStage': {
        const { RemoveFromVersionId, MoveToVersionId } = input
        const before = this.versions.get(String(RemoveFromVersionId))
        if (!before?.stages.delete('AWSCURRENT')) return { __type: 'InvalidParameterException', message: 'not there' }
        for (const { stages } of this.versions.values()) stages.delete('AWSPREVIOUS')
        before.stages.add('AWSPREVIOUS')
        this.versions.get(String(MoveToVersionId))?.stages.add('AWSCURRENT')
        return {}
      }
      default:
        return { __type: 'InvalidRequestException', message: operation }
    }
  }
}
