import { constantRate } from './lib/profiles.ts'
import { findSubject, visit, type Subject } from './lib/registry.ts'

/** A few requests: does it work at all? */
export const options = constantRate('smoke', { rate: 5, seconds: 15 })

export function setup(): Subject {
  return findSubject()
}

export default function smoke(subject: Subject): void {
  visit(subject)
}
