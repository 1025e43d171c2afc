/** Colours of both schemes; every pair of text and ground has a contrast of 4.5 and more, every mark one of 3. */
const light = `
  --ground: #ffffff; --text: #1f2328; --quiet: #57606a; --line: #d0d7de; --soft: #f6f8fa; --link: #0550ae;
  --look-0: #1a6fc4; --look-1: #b35900; --look-2: #1a7f37; --look-3: #7d3fbf; --look-4: #c42b2b; --look-5: #8a6a00;`;
const dark = `
  --ground: #1b1f24; --text: #e6edf3; --quiet: #9da7b3; --line: #3d444d; --soft: #22272e; --link: #6cb6ff;
  --look-0: #6cb6ff; --look-1: #f0a35e; --look-2: #6bc46d; --look-3: #c99bff; --look-4: #ff8d85; --look-5: #dbb53f;`;

/** Of charts alone: a picture that is a file of its own has nothing else. */
export const chartStyle = `
:root {${light} color-scheme: light dark; }
@media (prefers-color-scheme: dark) { :root {${dark} } }
.chart text { font: 12px system-ui, sans-serif; fill: var(--text); }
.chart .title, .chart .axis text { fill: var(--quiet); }
.chart .axis path, .chart .grid { fill: none; stroke: var(--line); }
.chart .grid { stroke-dasharray: 1 3; }
.line { fill: none; stroke: var(--look); stroke-width: 1.75; stroke-linejoin: round; }
.line.faint { stroke-width: 1; opacity: 0.45; }
.band { fill: var(--look); opacity: 0.2; }
.point .mark { fill: var(--look); }
.bar, .whisker { fill: none; stroke: var(--look); stroke-width: 1.5; }
.look-0 { --look: var(--look-0); } .look-1 { --look: var(--look-1); } .look-2 { --look: var(--look-2); }
.look-3 { --look: var(--look-3); } .look-4 { --look: var(--look-4); } .look-5 { --look: var(--look-5); }
.change path { fill: none; stroke: var(--quiet); }
.row { --look: var(--look-0); } .row.fine { --look: var(--look-2); } .row.bad { --look: var(--look-4); }
.row .mark { fill: var(--look); }
.row.plain .mark { fill: var(--ground); stroke: var(--look); stroke-width: 2; }
.rule { fill: none; stroke: var(--quiet); stroke-dasharray: 5 3; }
`;

/** Of a whole page, on the screen and on paper. */
export const pageStyle = `${chartStyle}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 840px; padding: 24px 16px 64px; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6em; margin: 0; } h2 { margin: 2em 0 0.2em; border-bottom: 1px solid var(--line); }
h3 { margin: 1.4em 0 0.3em; font-size: 1.05em; }
p { margin: 0.3em 0 0.8em; } .quiet, caption { color: var(--quiet); }
a { color: var(--link); }
nav ul { display: flex; flex-wrap: wrap; gap: 2px 16px; padding: 0; list-style: none; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; margin: 0.5em 0; }
dl div { display: contents; } dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
svg.chart { display: block; width: 100%; height: auto; }
.table { overflow-x: auto; margin: 0.6em 0; }
table { border-collapse: collapse; font-size: 0.9em; min-width: 60%; }
caption { text-align: left; padding-bottom: 3px; }
th, td { padding: 2px 12px 2px 0; text-align: left; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { border-bottom-width: 2px; } tbody th { font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
details { margin: 0.4em 0; } summary { cursor: pointer; color: var(--quiet); }
pre { background: var(--soft); border: 1px solid var(--line); padding: 8px 0; overflow-x: auto; counter-reset: line;
  font: 13px/1.45 ui-monospace, monospace; }
.code-line { display: block; counter-increment: line; padding: 0 8px; }
.code-line::before { content: counter(line); display: inline-block; width: 3em; margin-right: 1em; text-align: right; color: var(--quiet); }
.code-line:target { background: color-mix(in srgb, var(--look-5) 30%, transparent); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
@media print {
  :root {${light} }
  body { max-width: none; padding: 0; font-size: 11px; }
  nav { display: none; } h2, h3 { break-after: avoid; } svg.chart, tr { break-inside: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; }
  .table, pre { overflow: visible; } pre { white-space: pre-wrap; }
}
`;
