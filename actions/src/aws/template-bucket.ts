import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { ConfigurationError } from '@sluice/core/failure'
import type { TemplateBucket } from '@sluice/core/stacks/stack'
import { bootstrapBucket } from './bootstrap.ts'

/** What S3 says of a bucket that is not there, is another account's, or that the role may not write to. */
const refusals = ['NoSuchBucket', 'AccessDenied']

/**
 * Templates in the bucket of CDK's bootstrap, from where its deploy role lets CloudFormation read them. The bucket encrypts what it is
 * given. Throws a `ConfigurationError` where there is no such bucket, or none that may be written to.
 */
export function bootstrapTemplateBucket(clientOf: (region: string) => S3Client): TemplateBucket {
  return {
    async keep({ account, region }, { key, text }) {
      const bucket = bootstrapBucket(account, region)
      try {
        await clientOf(region).send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: key,
            Body: Buffer.from(text),
            ContentType: 'application/json',
            ChecksumAlgorithm: 'SHA256',
            // Bucket names are one space for all accounts: nobody else's bucket of this name gets a template.
            ExpectedBucketOwner: account,
          }),
        )
      } catch (error) {
        if (!(error instanceof Error) || !refusals.includes(error.name)) throw error
        const message = `expected to write to the bucket ${bucket} in ${region}, found: ${error.name}: ${error.message}`
        const hint = `npx cdk bootstrap aws://${account}/${region} makes the bucket and the role that writes to it (docs/identity.md)`
        throw new ConfigurationError([{ message, hint }], { cause: error })
      }
      // The bucket in the path, as CDK writes it: CloudFormation reads it with the credentials of who makes the change set.
      return `https://s3.${region}.amazonaws.com/${bucket}/${key}`
    },
  }
}
