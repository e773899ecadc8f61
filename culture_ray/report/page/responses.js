"use strict";
// Browser of responses: filters, search, and the judge's stances where they stand in the text.
(() => {
  if (!document.getElementById("response-data")) return;
  const FIRST = 6;  // more would push what follows far down the page
  const STEP = 20;
  const STANCES = ["pro", "con", "neutral"];
  const part = (name) => document.getElementById(`browse-${name}`);
  const list = part("list");
  let loaded = null;  // promise of the data, made when the section is first used: they may be large
  let data = null;
  let found = [];
  let shown = 0;

  function element(tag, name, words) {
    const made = document.createElement(tag);
    if (name) made.className = name;
    if (words !== undefined) made.textContent = words;
    return made;
  }

  function fill(name, entries) {
    const select = part(name);
    entries.forEach(([value, words]) => {
      const option = element("option", "", words);
      option.value = value;
      select.append(option);
    });
    select.closest("label").hidden = entries.length < 2;
  }

  async function load() {
    data = JSON.parse(await parts.dataOf("response-data"));
    const numbered = (names) => names.map((name, i) => [String(i), name]);
    fill("model", numbered(data.models));
    fill("language", numbered(data.languages.map(([, name]) => name)));
    fill("topic", numbered(data.topics.map(([id, label]) => `${label} (${id.toUpperCase()})`)));
    fill("protocol", numbered(data.protocols));
    fill("flag", [
      ...data.statuses.map((name, i) => [`s${i}`, name]),
      ...data.flags.map((name, i) => [`f${i}`, name]),
    ]);
  }

  function ready() {
    loaded ??= load();
    return loaded;
  }

  function fits(row, wanted) {
    const [model, language, topic, protocol, status, flags, , text, , stances] = row;
    return (
      (!wanted.model || model === Number(wanted.model)) &&
      (!wanted.language || language === Number(wanted.language)) &&
      (!wanted.topic || topic === Number(wanted.topic)) &&
      (!wanted.protocol || protocol === Number(wanted.protocol)) &&
      (!wanted.flag || (wanted.flag[0] === "s"
        ? status === Number(wanted.flag.slice(1))
        : flags.includes(Number(wanted.flag.slice(1))))) &&
      (!wanted.stance || stances.includes(wanted.stance)) &&
      (!wanted.search || text.toLowerCase().includes(wanted.search))
    );
  }

  async function filter() {
    await ready();
    const wanted = { search: part("search").value.toLowerCase() };
    ["model", "language", "topic", "protocol", "flag", "stance"].forEach((name) => {
      wanted[name] = part(name).value;
    });
    found = data.rows.filter((row) => fits(row, wanted));
    list.replaceChildren();
    shown = 0;
    more();
  }

  function more() {
    const first = shown;
    const next = Math.min(shown + (shown ? STEP : FIRST), found.length);
    found.slice(shown, next).forEach((row) => list.append(article(row)));
    shown = next;
    part("more").hidden = shown >= found.length;
    const count = found.length.toLocaleString("en");
    part("count").textContent = found.length
      ? `${shown} of ${count} responses shown`
      : "No response fits";
    return list.children[first];
  }

  function article(row) {
    const [model, language, topic, protocol, status, flags, prompt, text, left, stances, marks] = row;
    const made = element("article", "example");
    const [code, name] = data.languages[language];
    const [id, label] = data.topics[topic];
    const head = element("h3", "", `${data.models[model]} in ${name}: ${label} (${id.toUpperCase()})`);
    made.append(head);
    const notes = [];
    if (data.protocols.length > 1) notes.push(data.protocols[protocol]);
    if (data.statuses[status] !== "labelled") notes.push(data.statuses[status]);
    flags.forEach((flag) => notes.push(data.flags[flag]));
    notes.forEach((words) => head.append(" ", element("span", "category", words)));
    if (stances && marks.length < stances.length) {
      const order = element("ol", "stances");
      order.setAttribute("aria-label", "The judge’s stances, in order");
      for (const letter of stances) {
        const stance = STANCES.find((one) => one[0] === letter);
        order.append(element("li", stance, stance));
      }
      made.append(order);
    }
    const quote = element("blockquote");
    quote.dir = "auto";
    quote.lang = code;
    let from = 0;
    marks.forEach(([start, end, stance]) => {
      quote.append(text.slice(from, start));
      const mark = element("mark", STANCES[stance], text.slice(start, end));
      const spoken = element("b", "stance", STANCES[stance]);
      spoken.lang = "en";
      spoken.dir = "ltr";
      mark.append(spoken);
      quote.append(mark);
      from = end;
    });
    quote.append(text.slice(from) || (text ? "" : "–"));
    made.append(quote);
    // Outside the quotation, whose direction is that of its own script.
    if (left) made.append(element("p", "note", `… ${left.toLocaleString("en")} more characters`));
    const asked = element("details");
    asked.append(element("summary", "", "Prompt"));
    const words = element("blockquote", "", data.prompts[prompt]);
    words.dir = "auto";
    words.lang = code;
    asked.append(words);
    made.append(asked);
    return made;
  }

  part("filters").hidden = false;
  part("filters").querySelectorAll("select, input").forEach((field) => {
    field.addEventListener("input", filter);
    field.addEventListener("change", filter);
  });
  part("more").addEventListener("click", () => {
    const next = more();
    if (next) {
      next.tabIndex = -1;
      next.focus({ preventScroll: true });
    }
  });
  parts.each((root) => root.querySelectorAll("[data-browse]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await ready();
      const place = data.topics.findIndex(([id]) => id === button.dataset.browse);
      if (place < 0) return;
      part("topic").value = String(place);
      await filter();
      document.getElementById("responses").scrollIntoView();
      part("topic").focus({ preventScroll: true });
    });
  }));
  new IntersectionObserver((entries, observer) => {
    if (entries.some((entry) => entry.isIntersecting)) {
      observer.disconnect();
      if (!loaded) filter();
    }
  }, { rootMargin: "600px" }).observe(document.getElementById("responses"));
})();
