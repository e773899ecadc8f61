"use strict";
(() => {
  const items = JSON.parse(document.getElementById("items").textContent);
  const key = "culture_ray label sheet " + document.body.dataset.key;
  const stances = ["pro", "con", "neutral"];
  const by = (id) => document.getElementById(id);
  const total = items.reduce((sum, item) => sum + item.opinions.length, 0);
  const stored = restored();
  let response = Math.min(stored.response, items.length - 1);
  let opinion = 0;

  function restored() {
    const empty = { labels: {}, annotator: "", response: 0, theme: "" };
    try {
      return Object.assign(empty, JSON.parse(localStorage.getItem(key) || "{}"));
    } catch (error) {
      // Labelling works without storage; the page warns beside the progress.
      return Object.assign(empty, { unstored: true });
    }
  }

  function keep() {
    stored.response = response;
    try {
      localStorage.setItem(key, JSON.stringify(stored));
    } catch (error) {
      stored.unstored = true;
    }
  }

  function labelsOf(item) {
    return (stored.labels[item.id] ||= {});
  }

  function label(stance) {
    const labels = labelsOf(items[response]);
    if (stance) labels[opinion + 1] = stance;
    else delete labels[opinion + 1];
    if (stance) step(1);
    keep();
    show();
  }

  function step(by) {
    const last = items[response].opinions.length - 1;
    if (opinion + by > last && response < items.length - 1) go(response + 1);
    else if (opinion + by < 0 && response > 0) {
      go(response - 1);
      opinion = items[response].opinions.length - 1;
    } else opinion = Math.max(0, Math.min(last, opinion + by));
  }

  function go(to) {
    response = Math.max(0, Math.min(items.length - 1, to));
    opinion = 0;
    by("whole").open = items[response].opinions.some((text) => !text);
  }

  function firstOpen() {
    const open = (item) => item.opinions.findIndex((_, n) => !labelsOf(item)[n + 1]);
    const found = items.findIndex((item) => open(item) >= 0);
    if (found < 0) return;
    go(found);
    opinion = open(items[found]);
  }

  function count() {
    return items.reduce((sum, item) => sum + Object.keys(labelsOf(item)).length, 0);
  }

  function show() {
    const item = items[response];
    const labels = labelsOf(item);
    by("pro").textContent = item.pro;
    by("con").textContent = item.con;
    by("text").textContent = item.text;
    for (const id of ["pro", "con", "text", "opinions"]) by(id).lang = item.language;
    by("place").textContent =
      `response ${response + 1} of ${items.length}, ${item.language_name}, ${item.topic.toUpperCase()}`;
    const done = count();
    by("done").textContent = `${done} of ${total} opinions labelled` +
      (stored.unstored ? " (this browser stores nothing: save before you close the page)" : "");
    const bar = document.querySelector(".progress");
    bar.setAttribute("aria-valuenow", done);
    bar.setAttribute("aria-valuemax", total);
    bar.firstElementChild.style.width = `${(100 * done) / total}%`;
    by("opinions").replaceChildren(...item.opinions.map((text, n) => row(text, n, labels[n + 1])));
    const current = by("opinions").children[opinion];
    if (current) current.scrollIntoView({ block: "nearest" });
  }

  function row(text, n, chosen) {
    const line = document.createElement("li");
    line.setAttribute("aria-current", String(n === opinion));
    const number = document.createElement("span");
    number.className = "number";
    number.textContent = `${n + 1}.`;
    const opinionText = document.createElement("span");
    opinionText.dir = "auto"; // its direction ends with it
    opinionText.textContent = text || `person ${n + 1} counted in the response`;
    const choices = document.createElement("span");
    choices.className = "choices";
    for (const stance of stances) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = stance;
      button.textContent = stance;
      button.setAttribute("aria-pressed", String(chosen === stance));
      button.setAttribute("aria-label", `opinion ${n + 1}: ${stance}`);
      button.addEventListener("click", (event) => {
        event.stopPropagation();
        opinion = n;
        label(chosen === stance ? null : stance);
      });
      choices.append(button);
    }
    line.append(number, opinionText, choices);
    line.addEventListener("click", () => { opinion = n; show(); });
    return line;
  }

  function cell(value) {
    const given = String(value);
    // A spreadsheet would run a text that begins like a formula.
    const text = /^'*[=+\-@\t\r\n＝＋－＠]/.test(given) ? `'${given}` : given;
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }

  function csv() {
    const lines = [["response_id", "language", "topic", "opinion", "text", "stance", "annotator",
      "probability"]];
    for (const item of items) {
      item.opinions.forEach((text, n) => lines.push([
        item.id, item.language, item.topic, n + 1, text || item.text,
        labelsOf(item)[n + 1] || "", stored.annotator, item.probability,
      ]));
    }
    return lines.map((line) => line.map(cell).join(",") + "\n").join("");
  }

  function save() {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([csv()], { type: "text/csv;charset=utf-8" }));
    link.download = document.body.dataset.file;
    document.body.append(link);
    link.click();
    link.remove();
    URL.revokeObjectURL(link.href);
  }

  function theme(wanted) {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    document.documentElement.dataset.theme = wanted || dark;
  }

  function toggle() {
    stored.theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    theme(stored.theme);
    keep();
  }

  const actions = {
    p: () => label("pro"), c: () => label("con"), n: () => label("neutral"), u: () => label(null),
    ArrowDown: () => step(1), ArrowUp: () => step(-1),
    ArrowRight: () => go(response + 1), ArrowLeft: () => go(response - 1),
    f: firstOpen, s: save, d: toggle,
  };
  document.addEventListener("keydown", (event) => {
    if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = actions[event.key];
    if (!act) return;
    event.preventDefault();
    act();
    keep();
    show();
  });
  by("annotator").value = stored.annotator;
  by("annotator").addEventListener("input", (event) => {
    stored.annotator = event.target.value.trim();
    keep();
  });
  const clicks = { back: actions.ArrowLeft, next: actions.ArrowRight, open: firstOpen, save, theme: toggle };
  for (const [id, act] of Object.entries(clicks)) {
    by(id).addEventListener("click", () => { act(); keep(); show(); });
  }
  theme(stored.theme);
  go(response);
  show();
})();
