/** What a report does in the browser: draws its charts, hides policies, sorts tables. No request, ever. */

/**
 * The page's script, plain ECMAScript after vega, vega-lite and vega-embed. Charts are drawn when they
 * come near the window, and again when the policies shown or the width change.
 */
export const PAGE_SCRIPT = String.raw`
"use strict";
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const charts = read("charts");
  const policies = new Set(read("policies"));
  const hidden = new Set();
  const FONTS = '"DejaVu Sans", system-ui, sans-serif';
  const narrow = matchMedia("(max-width: 40rem)");
  const drawn = new Set();
  let waiting = 0;

  // Rows of hidden policies, and their places on a list of policies; colours stay as they are.
  const shown = (part, key) => {
    if (Array.isArray(part)) {
      const rows = key === "values"
        ? part.filter((row) => !(row && policies.has(row.policy) && hidden.has(row.policy)))
        : part;
      return rows.map((one) => shown(one, ""));
    }
    if (part === null || typeof part !== "object") return part;
    const copy = {};
    for (const [name, value] of Object.entries(part)) copy[name] = shown(value, name);
    const domain = key === "y" && copy.scale && copy.scale.domain;
    if (Array.isArray(domain) && domain.some((one) => policies.has(one)))
      copy.scale.domain = domain.filter((one) => !hidden.has(one));
    return copy;
  };

  const lines = (text, letters) => {
    const rows = [""];
    for (const word of text.split(" "))
      if ((rows.at(-1) + word).length < letters) rows[rows.length - 1] += word + " ";
      else rows.push(word + " ");
    return rows;
  };

  // One panel below the other, their legend below them, and titles that break.
  const fitted = (spec, width) => {
    if (narrow.matches) {
      spec.columns = 1;
      spec.config.legend = { ...spec.config.legend, orient: "bottom", columns: 2 };
      const { text, subtitle } = spec.title;
      spec.title = { ...spec.title, text: lines(text, (width - 60) / 7.5) };
      if (subtitle)
        spec.title.subtitle = [subtitle].flat().flatMap((text) => lines(text, (width - 30) / 6));
    }
    for (const panel of spec.concat || [])
      if (typeof panel.width === "number") panel.width = Math.min(panel.width, Math.max(150, width - (narrow.matches ? 175 : 0)));
    return spec;
  };

  const draw = async (place) => {
    const box = document.getElementById("chart-" + (place + 1));
    const spec = fitted(shown(charts[place], ""), box.clientWidth);
    spec.background = "transparent";
    spec.config = { ...spec.config, font: FONTS, mark: { tooltip: { content: "encoding" } },
      text: { ...spec.config.text, font: FONTS, tooltip: null } };
    // A layer that is left without rows is no mistake here.
    const mode = { mode: "vega-lite", renderer: "svg", logLevel: vega.Error,
      actions: { export: true, source: false, compiled: false, editor: false } };
    const { view } = await vegaEmbed(box, spec, mode);
    await view.runAsync();
    box.dataset.drawn = String(Number(box.dataset.drawn || 0) + 1);
  };

  const redraw = async (places) => {
    waiting++;
    document.documentElement.dataset.ready = "no";
    for (const place of places) await draw(place);
    if (--waiting === 0) document.documentElement.dataset.ready = "yes";
  };

  const near = new IntersectionObserver((entries) => {
    const fresh = entries.filter((one) => one.isIntersecting).map((one) => Number(one.target.dataset.place));
    for (const place of fresh) {
      drawn.add(place);
      near.unobserve(document.getElementById("chart-" + (place + 1)));
    }
    redraw(fresh);
  }, { rootMargin: "600px" });
  charts.forEach((_, place) => near.observe(document.getElementById("chart-" + (place + 1))));
  narrow.addEventListener("change", () => redraw([...drawn]));

  for (const box of document.querySelectorAll("fieldset input"))
    box.addEventListener("change", () => {
      if (box.checked) hidden.delete(box.value);
      else hidden.add(box.value);
      for (const part of document.querySelectorAll("[data-policy]"))
        part.hidden = hidden.has(part.dataset.policy);
      redraw([...drawn].filter((place) => !document.getElementById("chart-" + (place + 1)).closest("[data-policy]")));
    });

  // Numbers and texts in their own order; what is missing comes last either way.
  const compare = (a, b, sign) => {
    if (a === "" || b === "") return a === b ? 0 : a === "" ? 1 : -1;
    const [x, y] = [Number(a), Number(b)];
    const numbers = !Number.isNaN(x) && !Number.isNaN(y);
    return sign * (numbers ? x - y : a < b ? -1 : a > b ? 1 : 0);
  };
  for (const button of document.querySelectorAll("thead button"))
    button.addEventListener("click", () => {
      const head = button.closest("th");
      const up = head.getAttribute("aria-sort") !== "ascending";
      for (const other of head.parentElement.children) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const body = head.closest("table").tBodies[0];
      const rows = [...body.rows].sort((a, b) =>
        compare(a.cells[head.cellIndex].dataset.value, b.cells[head.cellIndex].dataset.value, up ? 1 : -1));
      body.append(...rows);
    });
})();
`;
