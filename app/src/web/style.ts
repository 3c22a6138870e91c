/** The pages' one style sheet. Colours come in pairs, light and dark; text on its ground keeps at least 4.5 : 1 (WCAG 2.2 AA). */
export const style = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f6f8f9, #0f161b);
  --surface: light-dark(#ffffff, #161f26);
  --sunken: light-dark(#eef2f4, #0b1115);
  --ink: light-dark(#15222c, #e7eef3);
  --muted: light-dark(#4d5d69, #a3b4c0);
  --line: light-dark(#d8e0e5, #2b3842);
  --field: light-dark(#7b8b97, #64788a);
  --accent: light-dark(#0a6670, #6fd6dc);
  --accent-ink: light-dark(#ffffff, #06262a);
  --tint: light-dark(#dff1f2, #123339);
  --good: light-dark(#1c6b3a, #7fd8a0);
  --good-tint: light-dark(#dff3e6, #14331f);
  --warn: light-dark(#7a4b00, #f0c56c);
  --warn-tint: light-dark(#fdf0d6, #38290b);
  --bad: light-dark(#a3201a, #ff9d94);
  --bad-tint: light-dark(#fce5e3, #3d1715);
  --mono: ui-monospace, SFMono-Regular, Menlo, "DejaVu Sans Mono", Consolas, monospace;
  --radius: .5rem;
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
.frame { max-width: 72rem; margin: 0 auto; padding: 0 1.25rem; }
a { color: var(--accent); text-underline-offset: .18em; text-decoration-thickness: .07em; }
a:hover { text-decoration-thickness: .14em; }
:focus-visible { outline: .19rem solid var(--accent); outline-offset: .13rem; border-radius: .2rem; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; z-index: 2; background: var(--surface); padding: .5rem .9rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

body > header { background: var(--surface); border-bottom: 1px solid var(--line); }
body > header .frame { display: flex; flex-wrap: wrap; align-items: center; gap: .75rem 1.5rem; min-height: 4rem; padding-block: .7rem; }
.brand { display: flex; align-items: center; gap: .6rem; color: var(--ink); font-weight: 650; font-size: 1.05rem; text-decoration: none; letter-spacing: -.01em; }
.brand svg { width: 1.6rem; height: 1.6rem; }
.find { flex: 1 1 16rem; display: flex; max-width: 34rem; }
.find input { flex: 1; min-width: 0; border-start-end-radius: 0; border-end-end-radius: 0; border-inline-end: 0; }
.find button { border-start-start-radius: 0; border-end-start-radius: 0; }
body > header nav { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem 1.1rem; margin-inline-start: auto; }
body > header nav a { color: var(--ink); text-decoration: none; }
body > header nav a:hover, body > header nav a[aria-current] { text-decoration: underline; text-decoration-color: var(--accent); text-decoration-thickness: .14em; text-underline-offset: .4em; }
body > footer { color: var(--muted); font-size: .875rem; padding: 3rem 0 2rem; }

main.frame { padding-top: 2.25rem; }
main:focus { outline: none; }
h1 { font-size: clamp(1.5rem, 1.2rem + 1.4vw, 2rem); line-height: 1.2; letter-spacing: -.02em; margin: 0 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; line-height: 1.3; margin: 2rem 0 .75rem; letter-spacing: -.01em; }
h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
p { margin: .5rem 0; max-width: 70ch; }
.lead { color: var(--muted); font-size: 1.05rem; margin: 0 0 1rem; }
.muted, .meta { color: var(--muted); }
.meta { font-size: .875rem; display: flex; flex-wrap: wrap; gap: .2rem .5rem; margin: .35rem 0 0; max-width: none; align-items: center; }
.meta > * + *::before { content: "\\00b7"; margin-inline-end: .5rem; color: var(--field); }
code, pre, kbd { font-family: var(--mono); font-size: .875em; }
code { overflow-wrap: anywhere; }

input, select, textarea, button, .button { font: inherit; color: inherit; border: 1px solid var(--field); border-radius: var(--radius); padding: .45rem .75rem; background: var(--surface); }
input::placeholder { color: var(--muted); opacity: 1; }
input, select, button, .button { min-height: 2.7rem; }
input[type=checkbox] { min-height: 0; width: 1.1rem; height: 1.1rem; accent-color: var(--accent); margin: 0; }
button, .button { cursor: pointer; font-weight: 550; text-decoration: none; display: inline-block; }
button:hover, .button:hover { background: var(--sunken); }
.primary { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); }
.primary:hover { background: var(--ink); border-color: var(--ink); color: var(--ground); }
.danger { color: var(--bad); border-color: currentColor; }
.danger:hover { background: var(--bad-tint); }
.plain { min-height: 0; border: 0; background: none; padding: 0; font-weight: 400; }
.plain:hover { background: none; text-decoration: underline; text-underline-offset: .4em; }
.small { min-height: 0; padding: .15rem .6rem; font-size: .875rem; }
.stack { display: grid; gap: 1.1rem; max-width: 30rem; }
.stack > div { display: grid; gap: .3rem; }
.stack label, .stack legend { font-weight: 550; }
.stack .check { display: flex; align-items: center; gap: .6rem; }
.stack .check label { font-weight: 400; }
.hint { color: var(--muted); font-size: .875rem; margin: 0; }
.stack > button { justify-self: start; padding-inline: 1.4rem; }
.row { display: flex; flex-wrap: wrap; gap: .75rem; align-items: end; }
.row > div { display: grid; gap: .25rem; }
.row label { font-size: .875rem; font-weight: 550; }

.panel { background: var(--surface); border: 1px solid var(--line); border-radius: calc(var(--radius) * 1.5); padding: 1.25rem 1.5rem; }
.panel > :first-child, aside section > :first-child { margin-top: 0; }
.panel > :last-child { margin-bottom: 0; }
.narrow { max-width: 27rem; margin: 2rem auto 0; padding: 2rem; }
.narrow .stack { max-width: none; }
.narrow .stack > button { justify-self: stretch; }
.notice { border-radius: var(--radius); border-inline-start: .3rem solid; padding: .75rem 1rem; margin: 0 0 1.25rem; max-width: none; }
.notice.bad { background: var(--bad-tint); border-color: var(--bad); }
.notice.warn { background: var(--warn-tint); border-color: var(--warn); }
.notice.good { background: var(--good-tint); border-color: var(--good); }
.notice p { margin: .25rem 0; }
.notice code { display: block; font-size: 1rem; padding: .5rem 0; user-select: all; }

.badges { display: flex; flex-wrap: wrap; gap: .4rem; margin: .5rem 0 0; padding: 0; list-style: none; }
.badge, .badges li { font-size: .8125rem; line-height: 1.4; padding: .1rem .6rem; border-radius: 99rem; background: var(--sunken); color: var(--muted); white-space: nowrap; max-width: 100%; overflow: hidden; text-overflow: ellipsis; display: inline-block; vertical-align: middle; }
.badge.tint, .badges .tint { background: var(--tint); color: var(--accent); }
.badge.warn, .badges .warn { background: var(--warn-tint); color: var(--warn); }
.badge.good, .badges .good { background: var(--good-tint); color: var(--good); }
.badge.bad, .badges .bad { background: var(--bad-tint); color: var(--bad); }

.results { list-style: none; margin: 1rem 0; padding: 0; background: var(--surface); border: 1px solid var(--line); border-radius: calc(var(--radius) * 1.5); }
.results > li { padding: 1.1rem 1.5rem; border-top: 1px solid var(--line); }
.results > li:first-child { border-top: 0; }
.results h2 { margin: 0; font-size: 1.05rem; overflow-wrap: anywhere; }
.results h2 a { text-decoration: none; }
.results h2 a:hover { text-decoration: underline; }
.results p { margin: .25rem 0 0; }
.turns { display: flex; gap: .75rem; margin: 1.25rem 0; }
.empty { text-align: center; padding: 3.5rem 1.5rem; }
.empty p { margin-inline: auto; }

.tabs { display: flex; flex-wrap: wrap; gap: 0 1.6rem; border-bottom: 1px solid var(--line); margin: 1.5rem 0; }
.tabs a { color: var(--muted); text-decoration: none; padding: .55rem 0; border-bottom: .19rem solid transparent; margin-bottom: -1px; }
.tabs a:hover { color: var(--ink); border-color: var(--line); }
.tabs a[aria-current] { color: var(--ink); font-weight: 600; border-color: var(--accent); }
.columns { display: grid; gap: 2rem; grid-template-columns: minmax(0, 1fr); }
@media (min-width: 60rem) { .columns { grid-template-columns: minmax(0, 1fr) 21rem; gap: 2.5rem; } }
aside section { border-top: 1px solid var(--line); padding-top: 1rem; margin-top: 1.25rem; }
aside section:first-child { border: 0; margin: 0; padding: 0; }
aside h2 { font-size: .875rem; color: var(--muted); font-weight: 600; letter-spacing: 0; margin: 0 0 .5rem; }
dl { margin: 0; display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); gap: .3rem .75rem; font-size: .9375rem; }
dt { color: var(--muted); }
dd { margin: 0; overflow-wrap: anywhere; }
.install { display: grid; gap: .55rem; }
.install summary { cursor: pointer; font-size: .875rem; color: var(--accent); }
.install details { display: grid; gap: .55rem; }
.install details > * + * { margin-top: .55rem; }
.install p { margin: 0; font-size: .8125rem; color: var(--muted); font-weight: 600; }
.command { position: relative; background: var(--sunken); border: 1px solid var(--line); border-radius: var(--radius); padding: .5rem .7rem; margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.command button { position: absolute; inset-block-start: .3rem; inset-inline-end: .3rem; opacity: 0; font-family: system-ui, sans-serif; }
.command:hover button, .command button:focus-visible { opacity: 1; }
ul.lines { list-style: none; margin: 0; padding: 0; display: grid; gap: .35rem; }
.lines li { display: flex; gap: .6rem; justify-content: space-between; overflow-wrap: anywhere; }

.scroll { position: relative; overflow-x: auto; background: var(--surface); border: 1px solid var(--line); border-radius: calc(var(--radius) * 1.5); }
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
th, td { text-align: start; padding: .6rem 1rem; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
thead th { border-top: 0; font-size: .8125rem; color: var(--muted); font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 550; }
tbody th .muted { font-weight: 400; }
.scroll + .hint { margin-top: .75rem; }
td.number, th.number { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.when { white-space: nowrap; }
.figures { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(19rem, 100%), 1fr)); margin: 1.25rem 0; padding: 0; list-style: none; }
.figures li { background: var(--surface); border: 1px solid var(--line); border-radius: calc(var(--radius) * 1.5); padding: 1rem 1.25rem; }
.figures strong { display: block; font-size: 1.6rem; line-height: 1.25; letter-spacing: -.02em; font-variant-numeric: tabular-nums; }
.figures span { color: var(--muted); font-size: .875rem; }
.bar { display: block; width: 100%; min-width: 9rem; height: .7rem; margin-top: .4rem; }
.bar .track { fill: var(--sunken); }
.bar .fill { fill: var(--accent); }
.bar .mean { stroke: var(--ink); stroke-width: 1.5; }

.readme { overflow-wrap: anywhere; }
.readme > :first-child { margin-top: 0; }
.readme h3 { font-size: 1.5rem; line-height: 1.25; letter-spacing: -.02em; margin: 2rem 0 .75rem; }
.readme h4 { font-size: 1.2rem; margin: 1.75rem 0 .5rem; }
.readme h5, .readme h6 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
.readme pre, .source pre { background: var(--sunken); border: 1px solid var(--line); border-radius: var(--radius); padding: .9rem 1.1rem; overflow-x: auto; line-height: 1.5; }
.readme :not(pre) > code { background: var(--sunken); border-radius: .25rem; padding: .1rem .3rem; }
.readme pre code, .source pre code { overflow-wrap: normal; }
.readme blockquote { margin: 1rem 0; padding-inline-start: 1rem; border-inline-start: .25rem solid var(--line); color: var(--muted); }
.readme table { width: auto; background: var(--surface); border: 1px solid var(--line); }
.source h3 { font-family: var(--mono); font-size: .9375rem; }
@media (prefers-reduced-motion: no-preference) { button, .button, .command button { transition: background-color .12s, color .12s, opacity .12s; } }
`
