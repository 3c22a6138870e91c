/** Shorter texts would hide half of every log, and are no secrets. */
const shortestSecret = 4

/** Hides secrets in everything that leaves a job. */
export class Masks {
  #values: readonly string[] = []

  /** Hides a value, each of its lines, and the forms in which programs print it: as base64, in a URL, in JSON. */
  add(value: string): void {
    const lines = [value, ...value.split(/\r?\n/)].map((line) => line.trim())
    const secrets = lines.filter((line) => line.length >= shortestSecret)
    const all = new Set([...this.#values, ...secrets.flatMap(formsOf)])
    // The longest first: a secret that begins with another one would leave its end behind.
    this.#values = [...all].toSorted((a, b) => b.length - a.length)
  }

  apply(text: string): string {
    let masked = text
    for (const value of this.#values) masked = masked.replaceAll(value, '***')
    return masked
  }
}

/** The forms that GitHub's runner hides too (runner, ValueEncoders). */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret)
  // Within a longer text a secret's base64 depends on where it begins; only what no neighbour touches is the secret's own.
  const shifted = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const ownEnd = Math.floor(((shift + bytes.length) * 8) / 6)
    return encoded.slice(Math.ceil((shift * 8) / 6), ownEnd)
  })
  const forms = [bytes.toString('base64'), ...shifted, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]
  return [secret, ...forms.filter((form) => form.length >= shortestSecret)]
}
