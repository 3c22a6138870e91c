import { describe, expect, it } from 'vitest'
import { checkovFinding, explainedCheckov } from '../../lib/policy/checkov.ts'

const finding = (file_path: string) => ({
  check_id: 'CKV_AWS_18',
  check_name: 'Ensure the S3 bucket has access logging enabled',
  resource: 'AWS::S3::Bucket.Logs',
  file_path,
})

describe('checkovFinding', () => {
  it.each([
    ['the primary region', '/golden/prod/sluice-prod-storage.template.json'],
    ['another region', '/golden/prod/sluice-prod-storage.us-west-2.template.json'],
  ])('is the same finding in %s', (_, path) => {
    expect(checkovFinding(finding(path))).toEqual({
      rule: 'CKV_AWS_18',
      path: 'prod/storage/Logs',
      description: 'Ensure the S3 bucket has access logging enabled',
    })
  })

  it('refuses a file that is no template of ours, in place of explaining it by chance', () => {
    expect(() => checkovFinding(finding('/other.json'))).toThrow(/found \/other.json/)
  })
})

it('has a reason, an owner and a day for every explanation', () => {
  for (const { reason, owner, until } of explainedCheckov) {
    expect(reason.length).toBeGreaterThan(20)
    expect(owner).toMatch(/^@[\w-]+\/[\w-]+$/)
    expect(until).toMatch(/^\d{4}-\d{2}-\d{2}$/)
  }
})
