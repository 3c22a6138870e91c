import { accessFindings } from './acknowledgements/access.ts'
import { dataFindings } from './acknowledgements/data.ts'
import { networkFindings } from './acknowledgements/network.ts'
import { serviceFindings } from './acknowledgements/service.ts'
import type { Acknowledgement } from './judge-findings.ts'

/** Findings of AwsSolutions and NIST 800-53 R5 that stay, each with its reason. Unused and expired ones fail the check. */
export const acknowledgements: readonly Acknowledgement[] = [
  ...accessFindings,
  ...networkFindings,
  ...serviceFindings,
  ...dataFindings,
]
