(() => {
  "use strict";
  const shared = JSON.parse(document.getElementById("shared").textContent);
  const charts = [...document.querySelectorAll(".chart")];
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  // Read once: Chromium drops the change event where `matches` is read between the change and its event.
  let dark = scheme.matches;
  const config = { displayModeBar: false, responsive: true, doubleClick: false, showTips: false };
  const drawn = new Set();
  let printing = false;
  let unfolded = [];

  const coloured = (text) =>
    dark && !printing ? text.replace(/#[0-9a-f]{6}/g, (c) => shared.dark[c] || c) : text;

  const printWidth = (chart) => (chart.closest(".small") ? 215 : chart.closest(".medium") ? 330 : 680);

  function draw(chart) {
    const text = document.getElementById(chart.id + "-data").textContent;
    const figure = JSON.parse(coloured(text));
    const layout = figure.layout;
    layout.template = JSON.parse(coloured(JSON.stringify(shared.template)));
    const zoom = chart.closest("figure").querySelector("[data-zoom]");
    if (zoom && zoom.checked && layout.meta) {
      if (layout.meta.own) layout.yaxis.range = layout.meta.own;
      for (const trace of figure.data) if (trace.meta === "edge") trace.visible = false;
      (layout.meta.own_across || []).forEach((range, i) => (layout[`xaxis${i ? i + 1 : ""}`].range = range));
    }
    if (printing) layout.width = printWidth(chart);
    else layout.autosize = true;
    drawn.add(chart);
    return Plotly.react(chart, figure.data, layout, config);
  }

  // One chart a task: the first is painted before the second is drawn.
  const queue = [];
  function drawNext() {
    const chart = queue.shift();
    if (!drawn.has(chart)) draw(chart);
    if (queue.length) setTimeout(drawNext);
  }
  const watcher = new IntersectionObserver(
    (entries) => {
      const idle = queue.length === 0;
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        watcher.unobserve(entry.target);
        queue.push(entry.target);
      }
      if (idle && queue.length) drawNext();
    },
    { rootMargin: "300px" },
  );
  charts.forEach((chart) => watcher.observe(chart));

  scheme.addEventListener("change", (event) => {
    dark = event.matches;
    drawn.forEach(draw);
  });
  addEventListener("beforeprint", () => {
    printing = true;
    unfolded = [...document.querySelectorAll("details.printed:not([open])")];
    unfolded.forEach((fold) => (fold.open = true));
    charts.forEach(draw);
  });
  addEventListener("afterprint", () => {
    printing = false;
    unfolded.forEach((fold) => (fold.open = false));
    drawn.forEach(draw);
  });
  // Where nothing is shown of them, browsers give charts no width.
  for (const fold of document.querySelectorAll("details.printed")) {
    fold.addEventListener("toggle", () => {
      if (!fold.open || printing) return;
      for (const chart of fold.querySelectorAll(".chart")) if (drawn.has(chart)) draw(chart);
    });
  }
  for (const zoom of document.querySelectorAll("[data-zoom]")) {
    zoom.addEventListener("change", () => {
      for (const chart of zoom.closest("figure").querySelectorAll(".chart")) if (drawn.has(chart)) draw(chart);
    });
  }
  for (const choice of document.querySelectorAll("[data-switch]")) {
    // A browser keeps what was chosen when a page is loaded again: the charts follow.
    const apply = () => {
      if (!choice.checked) return;
      for (const panel of choice.closest("figure").querySelectorAll("[data-choice]")) {
        panel.hidden = panel.dataset.choice !== choice.value;
        const chart = panel.querySelector(".chart");
        if (!panel.hidden && drawn.has(chart)) draw(chart);
      }
    };
    choice.addEventListener("change", apply);
    apply();
  }

  const key = (text) => {
    const value = parseFloat(text.replace(/,/g, "").replace("\u2212", "-"));
    return Number.isNaN(value) ? null : value;
  };

  function sortable(table) {
    const body = table.tBodies[0];
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      head.querySelector("button").addEventListener("click", () => {
        const sign = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", sign === 1 ? "ascending" : "descending");
        const numeric = head.classList.contains("n");
        const rows = [...body.rows].map((row) => {
          const text = row.cells[column].textContent;
          return [row, numeric ? key(text) : text];
        });
        const compare = (a, b) => {
          if (a === null || b === null) return (a === null) - (b === null);
          return sign * (numeric ? a - b : a.localeCompare(b, "en", { numeric: true }));
        };
        rows.sort((a, b) => compare(a[1], b[1]));
        body.append(...rows.map(([row]) => row));
      });
    });
  }

  function filterable(filters) {
    const table = document.getElementById(filters.dataset.for);
    const search = filters.querySelector("[data-filter]");
    const state = filters.querySelector("[data-state]");
    const count = filters.querySelector("[data-count]");
    const column = [...table.tHead.rows[0].cells].findIndex((cell) => cell.textContent.trim() === "state");
    const rows = [...table.tBodies[0].rows];
    const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
    const words = (n) => n.toLocaleString("en");
    const apply = () => {
      const wanted = search.value.trim().toLowerCase();
      let shown = 0;
      for (const row of rows) {
        const fits =
          texts.get(row).includes(wanted) && (!state || !state.value || row.cells[column].textContent === state.value);
        row.hidden = !fits;
        shown += fits;
      }
      count.textContent = `${words(shown)} of ${words(rows.length)}`;
    };
    search.addEventListener("input", apply);
    if (state) state.addEventListener("change", apply);
  }

  document.querySelectorAll("table.interactive").forEach(sortable);
  document.querySelectorAll(".filters").forEach(filterable);

  for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", async () => {
      const source = document.getElementById(button.dataset.copy);
      try {
        await navigator.clipboard.writeText(source.textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(source);
        button.textContent = "Selected: press Ctrl+C";
      }
      setTimeout(() => (button.textContent = "Copy"), 2500);
    });
  }
})();
