import { constantRate } from './lib/profiles.ts'
import { findSubject, visit, type Subject } from './lib/registry.ts'

/** An ordinary day's rate: does it keep its objective? */
export const options = constantRate('average', { rate: 20, seconds: 120 })

export function setup(): Subject {
  return findSubject()
}

export default function average(subject: Subject): void {
  visit(subject)
}
