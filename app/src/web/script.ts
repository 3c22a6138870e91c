/**
 * What pages gain where scripts run: results while somebody types, and buttons that copy a command. Everything works without.
 * Its hash stands in the Content-Security-Policy, so nothing else ever runs.
 */
export const script = `
'use strict'
{
  const find = document.querySelector('form.find')
  const results = () => document.getElementById('results')
  if (find && results()) {
    const field = find.elements.q
    let asked = field.value.trim()
    let waiting
    let running
    const look = async () => {
      const text = field.value.trim()
      if (text === asked) return
      asked = text
      running?.abort()
      running = new AbortController()
      const url = find.action + (text === '' ? '' : '?q=' + encodeURIComponent(text))
      try {
        const reply = await fetch(url, { headers: { accept: 'text/html' }, signal: running.signal })
        if (!reply.ok) return
        const page = new DOMParser().parseFromString(await reply.text(), 'text/html')
        const fresh = page.getElementById('results')
        if (!fresh || text !== asked) return
        results().replaceWith(document.adoptNode(fresh))
        document.title = page.title
        document.querySelector('h1').textContent = page.querySelector('h1').textContent
        document.getElementById('found').textContent = page.getElementById('found').textContent
        history.replaceState(null, '', url)
      } catch (error) {
        if (error.name !== 'AbortError') throw error
      }
    }
    field.addEventListener('input', () => {
      clearTimeout(waiting)
      waiting = setTimeout(look, 120)
    })
  }
  if (navigator.clipboard) {
    for (const command of document.querySelectorAll('.command')) {
      const text = command.textContent
      const button = document.createElement('button')
      button.type = 'button'
      button.className = 'small'
      button.textContent = 'Copy'
      button.setAttribute('aria-label', 'Copy: ' + text)
      button.addEventListener('click', async () => {
        await navigator.clipboard.writeText(text)
        button.textContent = 'Copied'
        setTimeout(() => { button.textContent = 'Copy' }, 1500)
      })
      command.append(button)
    }
  }
}
`
