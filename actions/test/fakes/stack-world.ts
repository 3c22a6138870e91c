import { join } from 'node:path'
import { createCloudFormation } from '../../../local/aws/src/cloudformation/create-cloudformation.ts'
import type { StackRecord } from '../../../local/aws/src/cloudformation/stack-record.ts'
import { createCallLog } from '../../../local/aws/src/endpoint/call-log.ts'
import { startEndpoint } from '../../../local/aws/src/endpoint/server.ts'
import { createSessions } from '../../../local/aws/src/endpoint/sessions.ts'
import { createS3 } from '../../../local/aws/src/s3/create-s3.ts'
import { createObjectStore } from '../../../local/aws/src/s3/object-store.ts'
import { openStateStore } from '../../../local/aws/src/state-store.ts'

/**
 * S3 and CloudFormation of an account behind one endpoint, as clients reach them. Resources are taken note of, and none is made.
 */
export async function startStackWorld(place: {
  readonly account: string
  readonly region: string
  readonly stateFolder: string
}) {
  const now = () => new Date()
  const { account, region, stateFolder } = place
  const sessions = createSessions(account, now)
  const log = createCallLog(join(stateFolder, 'calls.jsonl'), now)
  const s3 = createS3({ ...place, now, sessions, log })
  const faults: unknown[] = []
  const cloudFormation = createCloudFormation({
    ...place,
    now,
    types: {},
    stacks: openStateStore<StackRecord>(join(stateFolder, 'stacks.json')),
    invoke: () => Promise.reject(new Error('nothing is made here')),
    objects: s3.store,
    fault: (error) => void faults.push(error),
  })
  const services = { cloudformation: cloudFormation.service }
  const endpoint = await startEndpoint(0, { account, region, sessions, log, services, others: [s3.answer] })
  return {
    url: endpoint.url,
    credentials: sessions.administrator,
    store: createObjectStore(join(stateFolder, 's3')),
    async close(): Promise<void> {
      await endpoint.close()
      await cloudFormation.close()
      if (faults.length > 0) throw new AggregateError(faults, 'the local CloudFormation failed')
    },
  }
}
