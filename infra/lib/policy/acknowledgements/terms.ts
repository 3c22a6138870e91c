import type { Acknowledgement } from '../judge-findings.ts'

const owner = '@acme/platform'
/** Decisions that stand while the design does: thought about again once a year. */
const yearly = '2027-11-21'
/** Gaps that are to be closed. */
const soon = '2027-05-21'

/** A finding that is a decision. */
export const stays = (rule: string, path: string, reason: string): Acknowledgement => ({
  rule,
  path,
  reason,
  owner,
  until: yearly,
})
/** A finding that is to be mended. */
export const gap = (rule: string, path: string, reason: string): Acknowledgement => ({
  rule,
  path,
  reason,
  owner,
  until: soon,
})
