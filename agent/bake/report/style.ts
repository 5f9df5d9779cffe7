/** The page's own style: light and dark, from a narrow telephone to a wide screen and paper. Nothing is loaded. */
export const reportStyle = `
:root { color-scheme: light dark; --back: #fbfbfa; --card: #fff; --text: #1c1d20; --muted: #5b606b; --line: #e2e3e6;
  --download: #1f6fd0; --unpack: #b4540a; --rest: #8b8f98; --track: #eeeff1; --warn: #8a4b00; --good: #1d7a45; }
@media (prefers-color-scheme: dark) {
  :root { --back: #15171b; --card: #1d2026; --text: #e7e9ee; --muted: #a3aab8; --line: #343944;
    --download: #6aa9ff; --unpack: #f0a35e; --rest: #8b919d; --track: #2a2e37; --warn: #ffc078; --good: #6fd199; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text);
  font: clamp(14px, 0.3vw + 12.5px, 18px) / 1.5 system-ui, sans-serif; }
main { max-width: 80em; margin: 0 auto; padding: clamp(0.8em, 3vw, 2.5em); }
h1 { font-size: 1.5em; line-height: 1.25; margin: 0 0 0.2em; }
h2 { font-size: 1.1em; margin: 2em 0 0.6em; }
h3 { font-size: 1em; margin: 0; overflow-wrap: anywhere; }
p { margin: 0.3em 0; }
code { font: 0.86em ui-monospace, monospace; overflow-wrap: anywhere; }
.muted { color: var(--muted); }
.good { color: var(--good); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5em, 1fr)); gap: 0.7em; margin: 1.2em 0 0; padding: 0; }
.tiles div, .image, .warnings li { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 0.7em 0.9em; }
.tiles dt { color: var(--muted); font-size: 0.86em; }
.tiles dd { margin: 0; font-size: 1.3em; font-variant-numeric: tabular-nums; }
.warnings { list-style: none; margin: 0; padding: 0; display: grid; gap: 0.5em; }
.warnings li { border-left: 4px solid var(--warn); overflow-wrap: anywhere; }
.legend { display: flex; flex-wrap: wrap; gap: 0.3em 1.2em; margin: 0 0 0.8em; padding: 0; list-style: none; }
.legend li::before { content: ''; display: inline-block; width: 0.8em; height: 0.8em; border-radius: 2px; margin-right: 0.45em; background: var(--of); }
.image { margin: 0 0 1em; }
.head { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0.1em 1em; }
.head p { margin: 0; white-space: nowrap; font-variant-numeric: tabular-nums; }
.bar { display: flex; height: 0.85em; background: var(--track); border-radius: 3px; overflow: hidden; margin: 0.35em 0; }
.bar i { display: block; flex: none; background: var(--of); min-width: 2px; }
.download { --of: var(--download); }
.unpack { --of: var(--unpack); }
.rest { --of: var(--rest); }
.layers { list-style: none; margin: 0.8em 0 0; padding: 0; border-top: 1px solid var(--line); }
.layers li { display: grid; grid-template-columns: 8em minmax(6em, 1fr) 21em; align-items: center; gap: 0 1em; padding: 0.15em 0; }
.layers .figures { text-align: right; font-variant-numeric: tabular-nums; font-size: 0.9em; }
.facts { display: grid; grid-template-columns: fit-content(22em) minmax(0, 1fr); gap: 0.15em 1em; margin: 0.5em 0 0; }
.facts dt { color: var(--muted); overflow-wrap: anywhere; }
.layers code { white-space: nowrap; }
.facts dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
summary { cursor: pointer; margin-top: 0.6em; }
@media (max-width: 44em) {
  .layers li { grid-template-columns: minmax(0, 1fr); padding: 0.5em 0; }
  .layers .figures { text-align: left; color: var(--muted); }
  .facts { grid-template-columns: minmax(0, 1fr); }
  .facts dd { margin-bottom: 0.4em; }
}
@media print {
  .image { break-inside: avoid; }
  .bar, .legend li::before { print-color-adjust: exact; }
}
`;
