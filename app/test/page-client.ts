/** What a browser does of the pages: it keeps cookies, follows the redirects of forms, and sends the fields that a page gave it. */
export class PageClient {
  readonly #url: string
  readonly #cookies = new Map<string, string>()
  /** The form token of the page that was last loaded. */
  formToken = ''

  constructor(url: string) {
    this.#url = url
  }

  get cookies(): readonly string[] {
    return [...this.#cookies.keys()]
  }

  async get(path: string, headers: Readonly<Record<string, string>> = {}) {
    return this.#send(path, { headers })
  }

  /** Submits a form of the page that was last loaded; `fields` may overwrite its token. */
  async post(path: string, fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) {
    const body = new URLSearchParams({ form: this.formToken, ...fields })
    return this.#send(path, { method: 'POST', body, headers: { origin: this.#url, ...headers } })
  }

  async signIn(user: string, password = `${user} has a password`) {
    await this.get('/-/web/login')
    return this.post('/-/web/login', { user, password })
  }

  async #send(
    path: string,
    init: { method?: string; body?: URLSearchParams; headers: Readonly<Record<string, string>> },
  ) {
    const response = await fetch(new URL(path, this.#url), {
      ...init,
      redirect: 'manual',
      headers: {
        accept: 'text/html,application/xhtml+xml',
        cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...init.headers,
      },
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      if (value === '') this.#cookies.delete(name)
      else this.#cookies.set(name, value)
    }
    const text = await response.text()
    const { status, headers } = response
    const found = /name="form"\s+value="([^"]+)"/.exec(text)
    if (found?.[1]) this.formToken = found[1]
    return { status, headers, text, location: headers.get('location') }
  }
}
