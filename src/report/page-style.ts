/** How a report looks: one column of text, light or dark as the reader's system is, narrow on a phone. */

/** The page's style sheet. Charts stay on white paper in the dark, where their colours are safe. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #1d2127; --soft: #59626d; --line: #d5dae0; --page: #ffffff;
  --field: #f4f6f8; --accent: #0a5a9c; --paper: #ffffff; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ec; --soft: #a3adb8; --line: #3a424c; --page: #15181c; --field: #20252b;
    --accent: #7cc0f5; --paper: #f3f4f5; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; }
main { max-width: 1480px; margin: 0 auto; padding: 1.2rem 1rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: .4rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.4rem 0 .6rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.4rem 0 .3rem; overflow-wrap: anywhere; }
p, li { max-width: 46rem; overflow-wrap: anywhere; }
.question { color: var(--soft); margin: 0; }
.answer { font-size: 1.1rem; border-left: 4px solid var(--accent); padding-left: .8rem; }
.soft { color: var(--soft); font-size: .9rem; }
fieldset { border: 1px solid var(--line); border-radius: 6px; margin: 1.2rem 0; padding: .3rem .8rem .5rem;
  position: sticky; top: 0; z-index: 2; background: var(--page); }
legend { color: var(--soft); font-size: .9rem; padding: 0 .3rem; }
fieldset label { display: inline-flex; align-items: center; gap: .4rem; margin-right: 1.1rem;
  padding: .15rem 0; white-space: nowrap; cursor: pointer; }
.swatch { width: .9em; height: .9em; border: 1px solid var(--soft); border-radius: 2px; }
.scroll { overflow: auto; border-radius: 6px; }
.scroll.tall { max-height: 32rem; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--line); text-align: left; white-space: nowrap; }
td.number, th.number { text-align: right; }
thead th { background: var(--field); position: sticky; top: 0; padding: 0; vertical-align: bottom; }
thead button { all: unset; box-sizing: border-box; display: block; width: 100%; padding: .35rem .6rem;
  font-weight: 600; cursor: pointer; white-space: normal; min-width: 5.4rem; }
thead button::after { content: " \\2195"; content: " \\2195" / ""; color: var(--soft); }
th[aria-sort=ascending] button::after { content: " \\2191"; content: " \\2191" / ""; color: inherit; }
th[aria-sort=descending] button::after { content: " \\2193"; content: " \\2193" / ""; color: inherit; }
:focus-visible, thead button:focus-visible { outline: 3px solid var(--accent); outline-offset: -2px; }
figure { margin: 1.2rem 0 1.8rem; }
.paper { background: var(--paper); color: #1d2127; border: 1px solid var(--line); padding: .4rem; }
.paper svg { display: block; }
.paper { position: relative; }
.vega-embed { padding: 0 !important; position: static !important; }
.vega-embed.has-actions summary { opacity: .5; }
.diagrams { display: grid; gap: .8rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 42rem), 1fr)); }
.diagrams figure { margin: 0; min-width: 0; }
.diagrams svg { max-width: 100%; height: auto; min-width: 36rem; }
code, pre { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .85rem; }
pre { background: var(--field); padding: .7rem; border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; }
summary { cursor: pointer; color: var(--accent); margin: .8rem 0; padding: .2rem; }
[hidden] { display: none !important; }
@media (max-width: 40rem) {
  main { padding: .6rem .7rem 3rem; }
  fieldset { position: static; }
  h1 { font-size: 1.3rem; }
}
@media print { fieldset { display: none; } .scroll.tall { max-height: none; } }
`;
