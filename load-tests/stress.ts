import { rampingRate } from './lib/profiles.ts'
import { findSubject, visit, type Subject } from './lib/registry.ts'

/** Above the ordinary rate for a while: does it hold, and recover? */
export const options = rampingRate('stress', { rate: 20, seconds: 300 }, [
  { factor: 3, share: 0.2 },
  { factor: 3, share: 0.6 },
  { factor: 1, share: 0.2 },
])

export function setup(): Subject {
  return findSubject()
}

export default function stress(subject: Subject): void {
  visit(subject)
}
