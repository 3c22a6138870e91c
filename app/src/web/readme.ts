import MarkdownIt from 'markdown-it'
import sanitizeHtml from 'sanitize-html'
import { escapeHtml, Html } from './html.ts'

/** The page has two levels of headings above a README. */
const topLevel = 3

const markdown = new MarkdownIt({ html: false, linkify: true })

/** Headings of a README, whatever it jumps over, go down one level at a time: so does a screen reader. */
markdown.core.ruler.push('heading levels', (state) => {
  const open: number[] = []
  for (const token of state.tokens) {
    if (token.type !== 'heading_open' && token.type !== 'heading_close') continue
    const level = Number(token.tag.slice(1))
    if (token.type === 'heading_open') {
      while (open.length > 0 && (open.at(-1) ?? 0) >= level) open.pop()
      open.push(level)
    }
    token.tag = `h${Math.min(6, topLevel + open.length - 1)}`
  }
})

const isLink = (href: string | undefined): href is string => href !== undefined && /^(https?:|mailto:)/i.test(href)

/** Loading an image would tell another server who reads: a link stands in its place, or its text where that is a link already. */
markdown.renderer.rules.image = (tokens, index) => {
  const image = tokens[index]
  const source = String(image?.attrGet('src') ?? '')
  const content = image?.content ?? ''
  const text = escapeHtml(content === '' ? 'image' : content)
  const inLink = tokens
    .slice(0, index)
    .reduce((depth, { type }) => depth + Number(type === 'link_open') - Number(type === 'link_close'), 0)
  return inLink > 0 ? text : `<a href="${escapeHtml(source)}">${text}</a>`
}

/**
 * Markdown of strangers: HTML in it is text, and what is made of it is sanitised all the same. Links that lead nowhere from here become text.
 */
export function renderReadme(readme: string): Html {
  const clean = sanitizeHtml(markdown.render(readme), {
    allowedTags: [...sanitizeHtml.defaults.allowedTags.filter((tag) => !/^h[1-2]$/.test(tag)), 'del', 's'],
    allowedAttributes: { a: ['href', 'rel'], pre: ['tabindex'] },
    allowedSchemes: ['https', 'http', 'mailto'],
    transformTags: {
      a: (_tag, { href }) =>
        isLink(href)
          ? { tagName: 'a', attribs: { href, rel: 'nofollow noopener noreferrer' } }
          : { tagName: 'span', attribs: {} },
      // Long lines scroll: by keyboard too.
      pre: () => ({ tagName: 'pre', attribs: { tabindex: '0' } }),
    },
    exclusiveFilter: ({ tag, text }) => (tag === 'a' || /^h\d$/.test(tag)) && text.trim() === '',
  })
  return new Html(clean)
}
