import { afterEach } from 'vitest'
import { balancedService, target } from './balanced-service.ts'

/** What a test opened, closed after it in the reverse order. */
export const cleanups: Array<() => Promise<void>> = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean()
})

export async function service(speed?: number) {
  const made = await balancedService(speed)
  cleanups.push(() => made.close())
  return made
}

/** A target that answers every request with a text, or as the listener does. */
export async function answering(
  text: string,
  listener: Parameters<typeof target>[0] = (_, response) => void response.end(text),
) {
  const made = await target(listener)
  cleanups.push(() => made.close())
  return { id: `${text}-1`, host: '127.0.0.1', port: made.port }
}

/** What so many requests at once were answered, by the text. */
export async function texts(url: string, count: number) {
  const answers = await Promise.all(Array.from({ length: count }, async () => (await fetch(url)).text()))
  return Object.groupBy(answers, (answer) => answer)
}
