import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import { clientError } from './errors.ts'

/** Fargate: CPU units and the memory sizes (MiB) that go with them: from, to, in steps of. */
const fargateSizes: Readonly<Record<string, readonly [number, number, number]>> = {
  '256': [512, 2048, 512],
  '512': [1024, 4096, 1024],
  '1024': [2048, 8192, 1024],
  '2048': [4096, 16_384, 1024],
  '4096': [8192, 30_720, 1024],
  '8192': [16_384, 61_440, 4096],
  '16384': [32_768, 122_880, 8192],
}

/** Refuses what ECS refuses. Throws ClientException. */
export function checkTaskDefinition(request: RegisterTaskDefinitionRequest): void {
  const { family = '', containerDefinitions = [] } = request
  if (!/^[a-zA-Z0-9_-]{1,255}$/.test(family)) {
    throw clientError('Family contains invalid characters. Must match: [a-zA-Z0-9_-]{1,255}')
  }
  if (containerDefinitions.length === 0) throw clientError('TaskDefinition should have at least one container.')
  for (const container of containerDefinitions) checkContainer(container)
  const names = containerDefinitions.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice != null) throw clientError(`Container.name should be unique: ${twice}`)
  if (containerDefinitions.every(({ essential }) => essential === false)) {
    throw clientError('TaskDefinition should have at least one essential container.')
  }
  if (request.requiresCompatibilities?.includes('FARGATE')) checkFargate(request)
}

function checkContainer({ name, image, environment = [], secrets = [] }: ContainerDefinition): void {
  if (name == null || name === '') throw clientError('Container.name should not be null or empty.')
  if (image == null || image === '') throw clientError('Container.image should not be null or empty.')
  const variables = environment.map((variable) => variable.name)
  const shared = secrets.find(({ name: secret }) => variables.includes(secret))
  if (shared) {
    throw clientError(
      `The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '${String(shared.name)}'.`,
    )
  }
}

function checkFargate({
  networkMode,
  cpu,
  memory,
  containerDefinitions = [],
  executionRoleArn,
}: RegisterTaskDefinitionRequest) {
  if (networkMode !== 'awsvpc') throw clientError('Fargate only supports network mode ‘awsvpc’.')
  const size = fargateSizes[cpu ?? '']
  const mebibytes = Number(memory)
  const inSteps = size && mebibytes >= size[0] && mebibytes <= size[1] && (mebibytes - size[0]) % size[2] === 0
  // A quarter of a vCPU alone goes with 512, 1024 and 2048 MiB.
  if (!inSteps || (cpu === '256' && mebibytes === 1536)) {
    throw clientError(
      `No Fargate configuration exists for given values: ${String(cpu)} CPU, ${String(memory)} memory. See the Amazon ECS documentation for the valid values.`,
    )
  }
  const needsRole = containerDefinitions.some(
    ({ secrets = [], logConfiguration }) => secrets.length > 0 || logConfiguration?.logDriver === 'awslogs',
  )
  if (needsRole && executionRoleArn == null) {
    throw clientError('Fargate requires task definition to have execution role ARN to support log driver awslogs.')
  }
}
