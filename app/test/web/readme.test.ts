import { describe, expect, it } from 'vitest'
import { renderReadme } from '../../src/web/readme.ts'

describe('renderReadme', () => {
  it.each([
    '<img src=x onerror=alert(1)>',
    '<a href="javascript:alert(1)">x</a>',
    '<svg onload=alert(1)>',
    '<iframe src="https://example.test"></iframe>',
    '<form action="https://example.test"><input name=password></form>',
    '<meta http-equiv=refresh content="0;url=https://example.test">',
    '<base href="https://example.test/">',
    '[a](data:text/html,x)',
    '[a](jAvAsCrIpT:alert(1))',
    '[a](java\nscript:alert(1))',
    '<style>*{}</style>',
    '<p style="position:fixed">x</p>',
    '<x onclick=alert(1)>',
    '![x](x" onerror="alert(1))',
    '```html\n<script>alert(1)</script>\n```',
  ])('makes nothing of %s', (hostile) => {
    const { text } = renderReadme(hostile)
    expect(text).not.toMatch(/<(img|svg|style|script|iframe|form|input|meta|base|x)\b/i)
    expect(text).not.toMatch(/<[^>]*\s(on\w+|style|src|action)\s*=/i)
    expect(text).not.toMatch(/<\w[^>]*\shref="(?!https?:|mailto:)/i)
  })

  it.each([
    ['# a\n### b\n# c', ['h3', 'h4', 'h3']],
    ['### a\n# b\n#### c', ['h3', 'h3', 'h4']],
    ['# a\n## b\n### c\n#### d\n##### e', ['h3', 'h4', 'h5', 'h6', 'h6']],
  ])('takes the headings of %j down one level at a time', (readme, levels) => {
    expect([...renderReadme(readme).text.matchAll(/<(h\d)>/g)].map(([, tag]) => tag)).toEqual(levels)
  })

  it('turns images into links and links to nowhere into text', () => {
    expect(renderReadme('![a chart](https://example.test/x.png)').text).toContain(
      '<a href="https://example.test/x.png" rel="nofollow noopener noreferrer">a chart</a>',
    )
    expect(renderReadme('[here](./docs/x.md)').text).toBe('<p><span>here</span></p>\n')
    expect(renderReadme('[![badge](https://example.test/b.svg)](https://example.test)').text).toBe(
      '<p><a href="https://example.test" rel="nofollow noopener noreferrer">badge</a></p>\n',
    )
    expect(renderReadme('[](https://example.test)').text).toBe('<p></p>\n')
  })
})
