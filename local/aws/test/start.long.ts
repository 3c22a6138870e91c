import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { type LocalAws, startAws } from '../src/index.ts'
import { whyNoNamespaces } from '../src/runtime/process/probe.ts'
import { smallLayer } from './runtime/tiny-image.ts'

const run = promisify(execFile)
const isRequired = process.env['SLUICE_REQUIRE'] === 'all'
const isHere = (program: string) => {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
const noRuntime = whyNoNamespaces()
const folder = mkdtempSync(join(tmpdir(), 'sluice-clients-'))
let aws: LocalAws

describe.skipIf(noRuntime !== undefined && !isRequired)(`foreign clients ${noRuntime ?? ''}`, () => {
  beforeAll(async () => {
    aws = await startAws({ port: 0, stateFolder: join(folder, 'state'), speed: 20, runtime: 'process' })
  })
  afterAll(async () => {
    await aws.close()
    rmSync(folder, { recursive: true, force: true })
  })

  describe.skipIf(!isHere('aws') && !isRequired)('the AWS CLI (needs aws on PATH)', () => {
    const cli = async (command: string) => {
      // Nothing of the caller: no profile, no region, no keys but those that the endpoint hands out.
      const env = { PATH: process.env['PATH'] ?? '', HOME: folder, ...aws.environment() }
      const { stdout } = await run('aws', [...command.split(' '), '--output', 'json'], { env })
      return stdout === '' ? undefined : (JSON.parse(stdout) as unknown)
    }

    it.each<[command: string, answer: object]>([
      ['sts get-caller-identity', { Account: '000000000000', Arn: 'arn:aws:iam::000000000000:root' }],
      ['ecr create-repository --repository-name cli', { repository: { repositoryName: 'cli' } }],
      ['ecs create-cluster --cluster-name cli', { cluster: { clusterName: 'cli', status: 'ACTIVE' } }],
      ['ecs describe-clusters --clusters cli', { clusters: [{ status: 'ACTIVE' }], failures: [] }],
      ['ssm put-parameter --name /cli/a --value 1 --type String', { Version: 1 }],
      ['ssm get-parameter --name /cli/a', { Parameter: { Value: '1', Type: 'String', Version: 1 } }],
      ['ssm get-parameters-by-path --path /cli', { Parameters: [{ Name: '/cli/a' }] }],
      ['secretsmanager create-secret --name s --secret-string v', { Name: 's' }],
      ['secretsmanager get-secret-value --secret-id s', { SecretString: 'v' }],
      ['sns create-topic --name t', { TopicArn: 'arn:aws:sns:us-east-1:000000000000:t' }],
      ['sns list-topics', { Topics: [{ TopicArn: 'arn:aws:sns:us-east-1:000000000000:t' }] }],
      ['logs describe-log-groups', { logGroups: [] }],
      ['elbv2 create-target-group --name tg --protocol HTTP --port 80 --vpc-id v', { TargetGroups: [{ Port: 80 }] }],
      ['elbv2 describe-load-balancers', { LoadBalancers: [] }],
      ['cloudformation describe-stacks', { Stacks: [] }],
      ['cloudwatch describe-alarms', { MetricAlarms: [] }],
    ])('%s', async (command, answer) => {
      expect(await cli(command)).toMatchObject(answer)
    })

    it.each([
      [
        'ecs list-account-settings',
        "UnknownOperationException.*sluice's local AWS does not cover ecs:ListAccountSettings",
      ],
      ['s3api list-buckets', "NotImplemented.*sluice's local S3 does not cover GET /: it covers PutObject, GetObject"],
      ['iam list-users', "InvalidAction.*sluice's local AWS does not cover iam:ListUsers"],
      ['cloudformation describe-stacks --stack-name no', 'ValidationError.*Stack with id no does not exist'],
      ['ssm get-parameter --name /no', 'ParameterNotFound'],
      ['iam get-role --role-name no', 'NoSuchEntity.*The role with name no cannot be found'],
      ['ecr describe-images --repository-name no', 'RepositoryNotFoundException'],
    ])('%s is refused', async (command, message) => {
      await expect(cli(command)).rejects.toThrow(new RegExp(message))
    })
  })

  it.skipIf(!isHere('skopeo') && !isRequired)('skopeo pushes and pulls the same digest (needs skopeo)', async () => {
    const layout = join(folder, 'layout')
    const blobs = join(layout, 'blobs/sha256')
    mkdirSync(blobs, { recursive: true })
    const keep = (bytes: Buffer) => {
      const hash = createHash('sha256').update(bytes).digest('hex')
      writeFileSync(join(blobs, hash), bytes)
      return { digest: `sha256:${hash}`, size: bytes.length }
    }
    const layer = await smallLayer(folder, [{ name: 'hello.txt', text: 'hello' }])
    const config = keep(
      Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [] } })),
    )
    const manifest = {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
      layers: [{ mediaType: layer.mediaType, ...keep(readFileSync(layer.file)) }],
    }
    const image = { mediaType: manifest.mediaType, ...keep(Buffer.from(JSON.stringify(manifest))) }
    writeFileSync(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
    writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [image] }))

    await fetch(aws.url, {
      method: 'POST',
      headers: {
        'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.CreateRepository',
        authorization: 'AWS4-HMAC-SHA256 Credential=test/20261121/us-east-1/ecr/aws4_request',
      },
      body: JSON.stringify({ repositoryName: 'skopeo/app' }),
    })
    const reference = `docker://${new URL(aws.url).host}/skopeo/app:v1`
    // From a file: secrets do not stand in arguments.
    const authFile = join(folder, 'auth.json')
    const auth = Buffer.from('AWS:any').toString('base64')
    writeFileSync(authFile, JSON.stringify({ auths: { [new URL(aws.url).host]: { auth } } }))
    const flags = ['copy', '--insecure-policy', '--authfile', authFile]
    await run('skopeo', [...flags, '--dest-tls-verify=false', `oci:${layout}`, reference])
    await run('skopeo', [...flags, '--src-tls-verify=false', reference, `oci:${join(folder, 'back')}`])
    const back = JSON.parse(readFileSync(join(folder, 'back/index.json'), 'utf8')) as {
      manifests: { digest: string }[]
    }
    expect(back.manifests[0]?.digest).toBe(image.digest)
  })
})
