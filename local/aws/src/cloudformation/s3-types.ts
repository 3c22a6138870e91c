import type { S3 } from '../s3/create-s3.ts'
import type { ResourceTypes } from './resource-type.ts'

/** S3's buckets; what surrounds one (its policy, replication, lifecycle) has no life on one machine. */
export function s3Types({ store }: S3): ResourceTypes {
  return {
    'AWS::S3::Bucket': async (properties, { generated, region }) => {
      const name = (properties['BucketName'] as string | undefined) ?? generated.toLowerCase()
      await store.makeBucket(name)
      const attributes = {
        Arn: `arn:aws:s3:::${name}`,
        DomainName: `${name}.s3.amazonaws.com`,
        RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
      }
      return { ref: name, attributes }
    },
  }
}
