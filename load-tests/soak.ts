import { constantRate } from './lib/profiles.ts'
import { findSubject, visit, type Subject } from './lib/registry.ts'

/** An ordinary rate for hours: does anything leak or fill up? */
export const options = constantRate('soak', { rate: 20, seconds: 2 * 3600 })

export function setup(): Subject {
  return findSubject()
}

export default function soak(subject: Subject): void {
  visit(subject)
}
