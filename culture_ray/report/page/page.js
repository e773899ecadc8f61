"use strict";
// Sorting and filtering of tables, and the topic details. The page is complete without it.
(() => {
  const each = (list, act) => Array.prototype.forEach.call(list, act);

  // Some browsers send only "change" for a selected option.
  function listen(field, act) {
    field.addEventListener("input", act);
    field.addEventListener("change", act);
  }

  function key(row, index) {
    const cell = row.cells[index];
    if (cell.dataset.value !== undefined) {
      const text = cell.dataset.value;
      return text === "inf" ? Infinity : text === "-inf" ? -Infinity : Number(text);
    }
    return cell.querySelector("span[title]") ? null : cell.textContent.trim();
  }

  function compare(a, b) {
    if (typeof a === "number" && typeof b === "number") return a === b ? 0 : a < b ? -1 : 1;
    return String(a).localeCompare(String(b), "en", { numeric: true });
  }

  function sort(table, head) {
    const index = head.cellIndex;
    const down = head.getAttribute("aria-sort") === "ascending";
    each(table.tHead.rows[0].cells, (other) => other.setAttribute("aria-sort", "none"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const body = table.tBodies[0];
    const rows = Array.from(body.rows, (row) => [key(row, index), row]);
    rows.sort(([a], [b]) => {
      if (a === null || b === null) return (a === null) - (b === null);  // nulls always last
      return down ? compare(b, a) : compare(a, b);
    });
    body.append(...rows.map(([, row]) => row));
  }

  function filter(grid) {
    const search = grid.querySelector("[data-search]").value.toLowerCase();
    const chosen = Array.from(grid.querySelectorAll("[data-column]"))
      .filter((select) => select.value)
      .map((select) => [Number(select.dataset.column), select.value]);
    const rows = grid.querySelector("table").tBodies[0].rows;
    let shown = 0;
    each(rows, (row) => {
      const fits =
        (!search || row.textContent.toLowerCase().includes(search)) &&
        chosen.every(([index, value]) => row.cells[index].textContent.trim() === value);
      row.hidden = !fits;
      shown += fits;
    });
    grid.querySelector(".count").textContent = `${shown} of ${rows.length} rows`;
  }

  parts.each((root) => each(root.querySelectorAll("[data-grid]"), (grid) => {
    const table = grid.querySelector("table");
    each(table.querySelectorAll("thead th"), (head) =>
      head.querySelector("button").addEventListener("click", () => sort(table, head)));
    each(grid.querySelectorAll("[data-search], [data-column]"), (field) =>
      listen(field, () => filter(grid)));
  }));

  const topics = document.querySelectorAll("details.topic");
  const part = (name) => document.getElementById(`drill-${name}`);

  function filterTopics() {
    const search = part("search").value.toLowerCase();
    const language = part("language").value;
    const model = part("model").value;
    const category = part("category")?.value;
    let shown = 0;
    each(topics, (topic) => {
      topic.hidden = !topic.dataset.text.includes(search) ||
        (Boolean(category) && topic.dataset.category !== category);
      shown += !topic.hidden;
      each(topic.querySelectorAll("[data-language]"), (block) => {
        const otherLanguage = Boolean(language) && block.dataset.language !== language;
        const otherModel = Boolean(model) && "model" in block.dataset && block.dataset.model !== model;
        block.hidden = otherLanguage || otherModel;
      });
    });
    part("count").textContent = `${shown} of ${topics.length} topics`;
  }

  if (part("filters")) {  // a run of benchmarks alone has no topics
    part("filters").hidden = false;
    each(["search", "category", "language", "model"].filter(part), (name) =>
      listen(part(name), filterTopics));
    part("open").addEventListener("click", () => each(topics, (t) => { t.open = !t.hidden; }));
    part("close").addEventListener("click", () => each(topics, (t) => { t.open = false; }));
    parts.each(filterTopics);
  }

  each(document.querySelectorAll("[data-copy]"), (button) => {
    if (!navigator.clipboard) return;  // a page that is not from a secure address has none
    const said = button.parentElement.querySelector("output");
    button.hidden = false;
    button.addEventListener("click", () => {
      const text = document.getElementById(button.dataset.copy).textContent;
      navigator.clipboard.writeText(text).then(
        () => { said.textContent = "Copied"; },
        () => { said.textContent = "The browser did not allow it"; });
    });
  });

  function follow() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    const folded = target.closest("details");
    if (folded) {
      folded.open = true;
      target.scrollIntoView();
    }
  }
  window.addEventListener("hashchange", follow);
  follow();
})();
