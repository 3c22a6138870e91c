import { bundleSha256, type EvidenceBundle } from '@sluice/core/evidence/bundle'
import type { ApprovalDecision } from '@sluice/core/promotion/approval'

/** What was verified, for people. */
export function describeApproval(bundle: EvidenceBundle, decision: ApprovalDecision): string {
  const { approved, approvers, reasons } = decision
  const by = approvers.length === 0 ? 'no approval, and none is needed' : `the approval of ${approvers.join(', ')}`
  const head = approved ? `### ✅ Approved\n\nVerified with ${by}.` : '### ❌ Not approved: a new approval is needed'
  return [
    head,
    '',
    ...reasons.map((reason) => `- ${reason}`),
    ...(reasons.length > 0 ? [''] : []),
    `\`${bundle.to.image}\` to ${bundle.environment}, evidence \`sha256:${bundleSha256(bundle)}\` of ${bundle.createdAt}.`,
  ].join('\n')
}
