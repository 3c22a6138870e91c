import { AwsError, type Call, type Operation } from '../../endpoint/service.ts'
import type { RepositoryRecord } from '../repositories.ts'
import type { EcrContext } from './context.ts'

/** Repositories: made, described, removed, and their settings. */
export function repositoryOperations({ account, region, repositories }: EcrContext): Record<string, Operation> {
  const describeRepository = ({ name, createdAt, mutability, mutableTags }: RepositoryRecord, call: Call) => ({
    repositoryArn: `arn:aws:ecr:${region}:${account}:repository/${name}`,
    registryId: account,
    repositoryName: name,
    repositoryUri: `${new URL(call.endpoint).host}/${name}`,
    createdAt: new Date(createdAt),
    imageTagMutability: mutability,
    ...(mutableTags.length > 0
      ? { imageTagMutabilityExclusionFilters: mutableTags.map((filter) => ({ filterType: 'WILDCARD', filter })) }
      : {}),
    imageScanningConfiguration: { scanOnPush: false },
  })
  return {
    CreateRepository: (
      input: {
        repositoryName: string
        imageTagMutability?: string
        imageTagMutabilityExclusionFilters?: readonly { filter: string }[]
      },
      call: Call,
    ) => {
      if (repositories.find(input.repositoryName)) {
        throw new AwsError(
          'RepositoryAlreadyExistsException',
          `The repository with name '${input.repositoryName}' already exists in the registry with id '${account}'`,
        )
      }
      const created = repositories.create(input.repositoryName, {
        mutability: input.imageTagMutability ?? 'MUTABLE',
        mutableTags: (input.imageTagMutabilityExclusionFilters ?? []).map(({ filter }) => filter),
      })
      return { repository: describeRepository(created, call) }
    },
    DescribeRepositories: ({ repositoryNames }: { repositoryNames?: readonly string[] }, call: Call) => {
      const found = repositoryNames ? repositoryNames.map((name) => repositories.get(name)) : repositories.list()
      return { repositories: found.map((repository) => describeRepository(repository, call)) }
    },
    DeleteRepository: ({ repositoryName, force }: { repositoryName: string; force?: boolean }, call: Call) => {
      const repository = repositories.get(repositoryName)
      if (!force && Object.keys(repository.images).length > 0) {
        throw new AwsError(
          'RepositoryNotEmptyException',
          `The repository with name '${repositoryName}' in registry with id '${account}' cannot be deleted because it still contains images`,
        )
      }
      repositories.remove(repositoryName)
      return { repository: describeRepository(repository, call) }
    },
    PutImageTagMutability: (input: {
      repositoryName: string
      imageTagMutability: string
      imageTagMutabilityExclusionFilters?: readonly { filter: string }[]
    }) => {
      const mutableTags = (input.imageTagMutabilityExclusionFilters ?? []).map(({ filter }) => filter)
      repositories.update(input.repositoryName, { mutability: input.imageTagMutability, mutableTags })
      return {
        registryId: account,
        repositoryName: input.repositoryName,
        imageTagMutability: input.imageTagMutability,
      }
    },
    SetRepositoryPolicy: ({ repositoryName, policyText }: { repositoryName: string; policyText: string }) => {
      repositories.update(repositoryName, { policy: policyText })
      return { registryId: account, repositoryName, policyText }
    },
  }
}
