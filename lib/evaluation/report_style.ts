/** Style of the report as a page: quiet, readable on a phone and on paper, light and dark. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --text: #1c2430; --muted: #566071; --line: #e3e7ed; --paper: #fff; --link: #0072b2; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e4e8ee; --muted: #9aa5b5; --line: #2b323d; --paper: #161b22; --link: #56b4e9; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--text); font: 16px/1.55 "DejaVu Sans", Verdana, system-ui, sans-serif; }
main { max-width: 1280px; margin: 0 auto; padding: 0 20px 60px; }
nav { display: flex; flex-wrap: wrap; gap: 4px 18px; max-width: 1280px; margin: 0 auto; padding: 16px 20px; border-bottom: 1px solid var(--line); font-size: 14px; }
a { color: var(--link); }
h1 { font-size: 28px; line-height: 1.2; margin: 28px 0 8px; }
h2 { font-size: 21px; margin: 44px 0 10px; padding-top: 10px; border-top: 1px solid var(--line); }
h3 { font-size: 17px; margin: 28px 0 6px; }
p, li { max-width: 78ch; }
code { font: 0.88em "DejaVu Sans Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
figure { margin: 20px 0; max-width: 900px; background: #fff; border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
figure svg { display: block; width: 100%; height: auto; }
summary { cursor: pointer; }
summary h3 { display: inline; margin: 0; }
details { margin: 10px 0; padding: 8px 12px; border: 1px solid var(--line); border-radius: 6px; }
details:target { border-color: var(--link); }
details figure { max-width: 640px; margin: 10px 0; }
.table { overflow-x: auto; margin: 14px 0; }
table { border-collapse: collapse; font-size: 14px; }
th, td { padding: 5px 6px; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--muted); font-weight: normal; text-align: left; white-space: nowrap; }
td code { white-space: nowrap; }
td:last-child { min-width: 16em; }
td[align="right"]:last-child { min-width: 0; }
td[align="right"], th[align="right"] { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
@media print { nav { display: none; } figure, tr { break-inside: avoid; } main { max-width: none; } }
`;
