import { rampingRate } from './lib/profiles.ts'
import { findSubject, visit, type Subject } from './lib/registry.ts'

/** Ten times the rate within seconds, and back: does it survive a rush? */
export const options = rampingRate('spike', { rate: 20, seconds: 120 }, [
  { factor: 1, share: 0.2 },
  { factor: 10, share: 0.1 },
  { factor: 10, share: 0.3 },
  { factor: 1, share: 0.1 },
  { factor: 1, share: 0.3 },
])

export function setup(): Subject {
  return findSubject()
}

export default function spike(subject: Subject): void {
  visit(subject)
}
