import type { ObjectStore } from '../s3/object-store.ts'
import { invalid } from './invalid.ts'

/** Objects as CloudFormation reads them. */
export type Objects = Pick<ObjectStore, 'hasBucket' | 'get'>

/** CloudFormation says it in the end of whatever S3 answers. */
const more = 'For more information check http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html'
/** The documents say 1 MB (API reference: TemplateURL), the refusal says how many bytes that are. */
const largestObject = 1_000_000

/**
 * The text behind a `TemplateURL` of S3, with the bucket in the path or in the host. Throws a ValidationError in CloudFormation's words
 * for what is no such URL, what is not there, and what is too large.
 */
export async function readTemplateUrl(objects: Objects, url: string): Promise<string> {
  const { bucket, key } = placeOf(url)
  if (!(await objects.hasBucket(bucket))) throw invalid(`S3 error: The specified bucket does not exist\n${more}`)
  const found = await objects.get(bucket, key)
  if (!found) throw invalid(`S3 error: The specified key does not exist.\n${more}`)
  if (found.size > largestObject) throw invalid(`Template may not exceed ${largestObject} bytes in size.`)
  return found.bytes.toString('utf8')
}

/** Buckets' names have no dot here, so that what stands before `s3` is one whole. */
const hostOfS3 = /^(?:([a-z0-9][a-z0-9-]+)\.)?s3\.[a-z0-9-]+\.amazonaws\.com$/

function placeOf(url: string): { readonly bucket: string; readonly key: string } {
  const [, host = '', path = ''] = /^https:\/\/([^/]+)\/([^?#]+)$/.exec(url) ?? []
  const named = hostOfS3.exec(host)
  const [, bucket, key] = /^([^/.][^/]*)\/(.+)$/.exec(named?.[1] == null ? path : `${named[1]}/${path}`) ?? []
  if (!named || bucket == null || key == null) throw invalid('TemplateURL must be a supported URL.')
  return { bucket, key: decodeURIComponent(key) }
}
