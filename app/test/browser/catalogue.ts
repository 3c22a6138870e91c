import { publish, signIn } from '../client.ts'
import { adminPassword } from '../running-registry.ts'
import type { RunningRegistry } from '../running-registry.ts'

/** A README that tries everything; what runs of it would call `pwned`, show a dialog or ask another server. */
export const hostileReadme = `# Button

A button that tries to run scripts.

<script>window.pwned = 1; alert(1)</script>
<img src="http://127.0.0.1:9/pixel.png" onerror="window.pwned = 1; alert(1)">
<svg onload="window.pwned = 1"></svg>
<iframe src="http://127.0.0.1:9/frame"></iframe>
<style>body { display: none }</style>
<form action="http://127.0.0.1:9/"><input name="password"><button>Sign in</button></form>
<meta http-equiv="refresh" content="0;url=http://127.0.0.1:9/">

![tracking pixel](http://127.0.0.1:9/track.png)
[run](javascript:alert(1)) [data](data:text/html,<script>alert(1)</script>)

#### A heading that jumps

\`\`\`tsx
<Button onClick={() => alert(1)}>Press</Button>
\`\`\`

| property | type |
|---|---|
| \`tone\` | \`"calm"\` |
`

const readme = `# Dialog

A dialog that keeps the focus inside, closes on Escape and gives the focus back.

## Install

\`\`\`sh
npx shadcn add @acme/dialog
\`\`\`

## Use

\`\`\`tsx
import { Dialog } from '@acme/dialog'

export const Example = () => (
  <Dialog title="Delete the file?">
    <p>It cannot be brought back.</p>
  </Dialog>
)
\`\`\`

> It needs no portal: it is the platform's own \`<dialog>\`.

| Property | Type | Default |
|---|---|---|
| \`open\` | \`boolean\` | \`false\` |
| \`title\` | \`string\` | |

- Works without JavaScript where \`open\` is set
- Follows [the pattern of the ARIA guide](https://www.w3.org/WAI/ARIA/apg/patterns/dialog-modal/)
`

const component = (name: string, type = 'registry:ui') => ({
  [`src/${name}.tsx`]: `import { useId } from 'react'\n\nexport function ${name}(props: { label: string }) {\n  const id = useId()\n  return <span id={id}>{props.label}</span>\n}\n`,
  [`src/${name}.css`]: `.${name} {\n  border-radius: 0.5rem;\n}\n`,
  'registry-item.json': JSON.stringify({
    type,
    files: [
      { path: `src/${name}.tsx`, type },
      { path: `src/${name}.css`, type: 'registry:file', target: `styles/${name}.css` },
    ],
  }),
})

/** A small registry that looks like a team's, with somebody's hostile package in it. */
export async function fillCatalogue({ url, registry }: RunningRegistry): Promise<void> {
  await signIn(url, 'alice')
  const admin = await signIn(url, 'admin', adminPassword)
  const put = async (name: string, version: string, options: Parameters<typeof publish>[4] = {}) => {
    const { status, body } = await publish(url, admin, name, version, options)
    if (status !== 201) throw new Error(`expected ${name}@${version} to be published, found ${JSON.stringify(body)}`)
  }
  for (const version of ['1.0.0', '1.1.0', '2.0.0-beta.1', '1.2.0']) {
    await put('@acme/dialog', version, {
      tag: version.includes('-') ? 'next' : 'latest',
      manifest: {
        description: 'A dialog that keeps the focus inside and gives it back.',
        license: 'MIT',
        keywords: ['dialog', 'modal', 'accessible'],
        homepage: 'https://design.example/dialog',
        repository: { type: 'git', url: 'git+https://git.example/acme/dialog.git' },
        dependencies: { '@acme/button': '^1.0.0', clsx: '^2.1.1' },
        peerDependencies: { react: '>=19' },
      },
      files: { 'README.md': readme, ...component('dialog') },
    })
  }
  await put('@acme/button', '1.0.0', {
    manifest: { description: 'A button with a <b>loud</b> description.', license: 'MIT', keywords: ['button'] },
    files: { 'README.md': hostileReadme, ...component('button') },
  })
  for (const [name, description] of [
    ['date-picker', 'Picks a day, a week or a range, by keyboard too.'],
    ['data-table', 'Sorts, filters and pages large tables.'],
    ['toast', 'Short messages that a screen reader hears.'],
    ['use-media-query', 'A hook that follows a media query.'],
  ] as const) {
    await put(`@acme/${name}`, '0.4.2', {
      manifest: { description, license: 'Apache-2.0', keywords: [name.split('-')[0] ?? name, 'acme'] },
      files: component(name.replaceAll('-', '_'), name.startsWith('use') ? 'registry:hook' : 'registry:ui'),
    })
  }
  await put('@acme/tokens', '3.1.0', {
    access: 'restricted',
    manifest: { description: 'Colours and sizes of the brand.' },
  })
  await registry.outbox.drain()
  await registry.search.refresh()
}
