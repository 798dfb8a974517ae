/** The style sheet of the page. Colours have a contrast of at least 4.5 on their ground, in light and in dark. */
export const STYLES = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --card: #ffffff; --ink: #1a1e23; --muted: #57606a; --line: #d8dde3; --ground: #f4f6f8;
  --reward: #0b57d0; --longer: #b04a00; --better: #0f7269; --worse: #b3246e; --link: #0b57d0;
  --under: var(--paper); --shade: rgb(26 30 35 / .35);
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #101418; --card: #161b21; --ink: #e7eaee; --muted: #a3adb8; --line: #343c45; --ground: #1b2128;
    --reward: #82b4ff; --longer: #f2a65a; --better: #5cd0c0; --worse: #ff92c4; --link: #9cc4ff;
    --shade: rgb(231 234 238 / .3);
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1rem; }
body {
  margin: 0 auto; padding: 0 1rem 4rem; max-width: 72rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
h1 { font-size: 1.7rem; line-height: 1.2; margin: 2rem 0 .5rem; letter-spacing: -.01em; text-wrap: balance; }
h2 { font-size: 1.3rem; line-height: 1.25; margin: 3rem 0 1rem; padding-bottom: .35rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; line-height: 1.3; margin: 1.25rem 0 .4rem; }
p { margin: 0 0 .75rem; max-width: 46rem; }
a { color: var(--link); text-underline-offset: .15em; }
header p { margin: 0; color: var(--muted); overflow-wrap: anywhere; }
code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: .9em; }
bdi, summary, h1, h2, h3, p, li, dd { overflow-wrap: anywhere; }
:focus-visible { outline: 3px solid var(--reward); outline-offset: 2px; border-radius: 2px; }
main:focus { outline: none; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: .5rem; padding: .5rem 1rem; background: var(--paper); z-index: 1; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; list-style: none; padding: 0; margin: 1rem 0 0; font-size: .92rem; }
nav a { display: inline-block; padding: .2rem 0; }

.lead { font-size: 1.12rem; max-width: 50rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.2rem, 1fr)); gap: .75rem; margin: 1.25rem 0 0; }
.tiles div { display: flex; flex-direction: column; background: var(--ground); border-radius: .5rem; padding: .7rem .8rem; }
.tiles dt { flex: 1; padding-bottom: .2rem; color: var(--muted); font-size: .85rem; line-height: 1.3; }
.tiles dd { margin: 0; font-size: 1.3rem; overflow-wrap: normal; font-variant-numeric: tabular-nums; line-height: 1.3; }
.tiles dd.interval { font-size: .85rem; color: var(--muted); }

.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 27rem), 1fr)); gap: 1.25rem; align-items: start; }
.stack { display: grid; gap: 1.25rem; min-width: 0; }
.card { margin: 0; padding: 1rem 1.1rem; border: 1px solid var(--line); border-radius: .6rem; background: var(--card); min-width: 0; }
.card h3 { margin-top: 0; font-size: 1.05rem; }
.card p { font-size: .95rem; }
.card svg { display: block; width: 100%; max-width: 30rem; height: auto; margin: .25rem 0 .5rem; overflow: visible; }
.card svg text { font-family: inherit; font-variant-numeric: tabular-nums; }
p.how { color: var(--muted); font-size: .88rem; }
.nothing { color: var(--muted); font-style: italic; }

.legend { display: flex; flex-wrap: wrap; gap: .1rem 1rem; list-style: none; margin: 0 0 .25rem; padding: 0; font-size: .85rem; }
.legend li::before { content: ""; display: inline-block; width: .6rem; height: .6rem; margin-right: .4rem; background: var(--muted); }
.legend .reward::before { background: var(--reward); border-radius: 50%; }
.legend .longer::before { background: var(--longer); }
.legend .label::before { background: var(--ink); transform: rotate(45deg) scale(.85); }
.legend .random::before { clip-path: polygon(35% 0, 65% 0, 65% 35%, 100% 35%, 100% 65%, 65% 65%, 65% 100%, 35% 100%, 35% 65%, 0 65%, 0 35%, 35% 35%); }
.legend .better::before { background: var(--better); border-radius: 50%; }
.legend .worse::before { background: var(--worse); }
.legend .bar::before { background: var(--line); }
.legend .line::before { background: var(--reward); width: .1rem; height: .9rem; vertical-align: -.15rem; }
.legend .dashed::before { background: none; border-top: 2px dashed var(--muted); width: 1.1rem; height: 0; vertical-align: .25rem; }

/* Shades at the edges say that there is more to scroll to: they stand still, and covers that scroll along hide them at the ends. */
.scroll {
  position: relative; overflow-x: auto; max-width: 100%;
  background:
    linear-gradient(to right, var(--under) 40%, transparent) left / 3rem 100%,
    linear-gradient(to left, var(--under) 40%, transparent) right / 3rem 100%,
    linear-gradient(to right, var(--shade), transparent) left / .9rem 100%,
    linear-gradient(to left, var(--shade), transparent) right / .9rem 100%;
  background-repeat: no-repeat; background-attachment: local, local, scroll, scroll;
}
.card { --under: var(--card); }
table { border-collapse: collapse; overflow-wrap: normal; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .65rem; text-align: right; vertical-align: top; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { font-weight: 600; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
tbody th { font-weight: 400; white-space: normal; max-width: 18rem; }
tbody th:has(bdi) { min-width: 8rem; }
td:has(bdi) { text-align: left; }
thead th { color: var(--muted); vertical-align: bottom; white-space: normal; }
td small { display: block; color: var(--muted); font-size: .85em; }
sup { line-height: 0; }
.reasons { list-style: none; margin: .5rem 0 0; padding: 0; color: var(--muted); font-size: .85rem; }

details { margin: .25rem 0; }
summary { cursor: pointer; padding: .25rem 0; }
figure summary { color: var(--link); font-size: .9rem; }
.worst { padding-left: 1.6rem; max-width: 60rem; }
.worst > li { padding: .15rem 0; border-bottom: 1px solid var(--line); }
.snippet { color: var(--muted); }
.text {
  white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate; overflow: hidden;
  background: var(--ground); border-radius: .4rem; padding: .6rem .8rem; font-size: .92rem; margin: .2rem 0 .6rem;
}
.meanings div { margin: .35rem 0; max-width: 46rem; }
.meanings dt { font-weight: 600; }
.meanings dd { margin: 0; color: var(--muted); }

@media (min-width: 60rem) {
  .cards > figure:has(details[open] th:nth-child(6)) { grid-column: 1 / -1; }
}
@media (max-width: 30rem) {
  .card { --under: var(--paper); border-width: 1px 0 0; border-radius: 0; padding: 1rem 0 0; background: none; }
  .cards { gap: 1.75rem; }
}
@media print {
  :root {
    color-scheme: light; font-size: 9.5pt;
    --paper: #fff; --card: #fff; --ink: #000; --muted: #444; --line: #bbb; --ground: #f2f2f2;
    --reward: #0b57d0; --longer: #b04a00; --better: #0f7269; --worse: #b3246e; --link: #000;
  }
  @page { margin: 1.6cm; }
  body { max-width: none; padding: 0; }
  nav, .skip { display: none; }
  h2, h3, summary { break-after: avoid; }
  .cards, .stack { display: block; }
  .card { border-width: 1px 0 0; border-radius: 0; padding: .8rem 0 0; margin-bottom: 1rem; }
  .card svg { max-width: 21rem; margin-left: 0; }
  th, td { padding: .15rem .4rem; white-space: normal; }
  td small { white-space: nowrap; }
  table:has(thead th:nth-child(8)) { font-size: 7pt; }
  figure.card:not(:has(th:nth-child(6))) { display: grid; grid-template-columns: 21rem minmax(0, 1fr); gap: 1.2rem; }
  figure.card:not(:has(th:nth-child(6))), .plot { break-inside: avoid; }
  .tiles { grid-template-columns: repeat(3, 1fr); }
  .tiles div, tr, p, table:not(:has(tr:nth-child(13))) { break-inside: avoid; }
  .text { font-size: 7.5pt; padding: 0; background: none; columns: 2; column-gap: 1.2rem; }
  .scroll { overflow: visible; background: none; }
  a, figure summary { color: inherit; text-decoration: none; }
  details::details-content { content-visibility: visible; block-size: auto; display: block; }
  * { print-color-adjust: exact; }
}
`;
