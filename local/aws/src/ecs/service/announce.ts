import { randomUUID } from 'node:crypto'
import type { ServiceRecord, TaskRecord } from '../records.ts'

/** ECS shows the latest 100 events. */
const eventsKept = 100

/** Adds a service event; `text` follows `(service <name>) `, or `(service <name>, <part>) `. */
export function announce(service: ServiceRecord, text: string, at: number, part?: string): void {
  const subject = part == null ? service.name : `${service.name}, ${part}`
  const event = { id: randomUUID(), createdAt: at, message: `(service ${subject}) ${text}` }
  service.events = [event, ...service.events].slice(0, eventsKept)
}

export const taskList = (tasks: readonly TaskRecord[]): string => tasks.map(({ id }) => `(task ${id})`).join(' ')
