"use strict";
// Tooltips of the marks in figures, and highlighting of one model in all figures. The page is
// complete without it: every number of a tooltip is in a table.
(async () => {
  const { models, texts, shapes, figures } = JSON.parse(await parts.dataOf("tips"));
  const NEAR = { mouse: 10, pen: 14, touch: 22 };  // pixels around a mark that count as the mark
  const STEPS = { ArrowRight: 1, ArrowLeft: -1 };
  const LINES = { ArrowDown: 1, ArrowUp: -1 };

  const tip = added(document.body, "div", "tip");
  const ring = added(document.body, "div", "ring");
  const note = added(document.body, "div", "chosen");
  const spoken = added(document.body, "p", "sr");
  spoken.setAttribute("aria-live", "polite");
  tip.hidden = ring.hidden = note.hidden = true;
  let current = null;     // the mark whose tooltip is shown
  let chosen = -1;        // the highlighted model
  let pointer = "mouse";  // kind of pointer used last
  let last = "";          // its position

  function added(parent, tag, name = "", words = "") {
    const element = document.createElement(tag);
    element.className = name;
    element.textContent = words;
    parent.append(element);
    return element;
  }

  // ---- marks of a drawing

  /** The marks of a drawing, and the other elements that belong to a model. */
  function partsOf(drawing) {
    if (drawing.parts) return drawing.parts;
    const tips = figures[drawing.closest("figure").id.slice("figure-".length)] || [];
    const marks = [];
    const others = [];
    for (const element of drawing.querySelectorAll("[data-t]")) {
      const order = Number(element.dataset.t);
      const packed = tips[order];
      if (packed) marks.push({ element, packed, model: packed[1], order });
    }
    for (const element of drawing.querySelectorAll("[data-m]")) {
      const part = { element, model: Number(element.dataset.m), order: Number.MAX_VALUE };
      ("key" in element.dataset ? marks : others).push(part);
    }
    for (const mark of marks) {
      mark.panel = mark.element.closest("[data-p]")?.dataset.p;
    }
    marks.sort((a, b) => a.order - b.order);
    drawing.parts = { marks, others };
    return drawing.parts;
  }

  /** The marks of a drawing, with positions in pixels from its corner, and the corner. */
  function measured(drawing) {
    const corner = drawing.getBoundingClientRect();
    const { marks } = partsOf(drawing);
    if (drawing.measuredAt !== corner.width) {
      drawing.measuredAt = corner.width;
      for (const mark of marks) {
        const { left, top, width, height } = mark.element.getBoundingClientRect();
        Object.assign(mark, { left: left - corner.left, top: top - corner.top, width, height });
        mark.x = mark.left + width / 2;
        mark.y = mark.top + height / 2;
      }
    }
    return { corner, marks };
  }

  /** The mark under the pointer, or the nearest one; null if none is near. */
  function markAt(drawing, event) {
    const { corner, marks } = measured(drawing);
    const x = event.clientX - corner.left;
    const y = event.clientY - corner.top;
    let best = null;
    let least = Infinity;
    for (const mark of marks) {
      const aside = Math.max(mark.left - x, x - mark.left - mark.width, 0);
      const above = Math.max(mark.top - y, y - mark.top - mark.height, 0);
      const apart = Math.hypot(aside, above);
      // Among overlapping marks, the one with the nearest centre wins.
      const far = apart + Math.hypot(mark.x - x, mark.y - y) / 1000;
      if (apart <= NEAR[pointer] && far < least) [best, least] = [mark, far];
    }
    return best;
  }

  // ---- tooltips

  function wordsOf({ packed, model }) {
    if (!packed) {
      const about = model === chosen ? "highlighted; select again to undo" : "select to highlight";
      return { title: models[model][0], about, lines: [] };
    }
    const [shape, , title, about, , ...numbers] = packed.map(Number);
    let next = 0;
    const lines = shapes[shape].lines.map(([label, ...parts]) =>
      [label, parts.map((part) => (part === 0 ? texts[numbers[next++]] : part)).join("")]);
    return { title: texts[title], about: texts[about], lines };
  }

  function swatch(parent, model) {
    const colour = models[model][1];
    const dot = added(parent, "i", colour < 0 ? "swatch base" : "swatch");
    if (colour >= 0) dot.style.setProperty("--m", `var(--m${colour})`);
  }

  function showTip(drawing, mark) {
    current = mark;
    const { title, about, lines } = wordsOf(mark);
    tip.replaceChildren();
    const head = added(tip, "strong");
    if (mark.model >= 0) swatch(head, mark.model);
    head.append(title);
    if (about) added(tip, "span", "", about);
    const list = added(tip, "dl");
    for (const [label, words] of lines) {
      added(list, "dt", "", label);
      added(list, "dd", "", words);
    }
    drawing.append(ring);
    Object.assign(ring.style, {
      left: `${mark.left - 4}px`, top: `${mark.top - 4}px`,
      width: `${mark.width + 8}px`, height: `${mark.height + 8}px`,
    });
    tip.hidden = ring.hidden = false;
    place(drawing, mark);
  }

  /** Place the tooltip above its mark, or below if there is no room, always in view. */
  function place(drawing, mark) {
    const corner = drawing.getBoundingClientRect();
    const wide = document.documentElement.clientWidth - tip.offsetWidth - 8;
    const high = window.innerHeight - tip.offsetHeight - 8;
    const over = corner.top + mark.top - tip.offsetHeight - 10;
    const top = over >= 8 ? over : corner.top + mark.top + mark.height + 10;
    const left = corner.left + mark.x - tip.offsetWidth / 2;
    tip.style.left = `${Math.max(8, Math.min(left, wide))}px`;
    tip.style.top = `${Math.max(8, Math.min(top, high))}px`;
  }

  function hide() {
    current = null;
    tip.hidden = ring.hidden = true;
    spoken.textContent = "";
  }

  // ---- one model in all figures

  /** Dim what belongs to other models than the highlighted one. */
  function dim(drawing) {
    const { marks, others } = partsOf(drawing);
    for (const { element, model: owner } of [...marks, ...others]) {
      element.classList.toggle("other", chosen >= 0 && owner >= 0 && owner !== chosen);
    }
  }

  function highlight(model) {
    chosen = model === chosen ? -1 : model;
    document.querySelectorAll(".answers").forEach(dim);
    note.hidden = chosen < 0;
    note.replaceChildren();
    spoken.textContent = "No model is highlighted.";
    if (chosen < 0) return;
    const name = models[chosen][0];
    const words = added(note, "span");
    swatch(words, chosen);
    added(words, "b", "", name);
    words.append(" is highlighted in all figures");
    const button = added(note, "button", "", "Undo (Esc)");
    button.type = "button";
    button.addEventListener("click", () => highlight(chosen));
    spoken.textContent = `${name} is highlighted in all figures; press Escape to undo.`;
  }

  // ---- pointers and keys

  function point(drawing, event) {
    // Scrolling under a resting pointer sends move events, which must not count.
    const here = `${event.clientX} ${event.clientY}`;
    pointer = event.pointerType || "mouse";
    if (here === last || pointer === "touch") return;
    last = here;
    const mark = markAt(drawing, event);
    drawing.style.cursor = mark && mark.model >= 0 ? "pointer" : "";
    if (!mark) hide();
    else if (mark !== current) showTip(drawing, mark);
  }

  function press(drawing, event) {
    const mark = markAt(drawing, event);
    if (!mark) return hide();
    // Touch cannot hover: the first touch shows the tooltip, the next one selects.
    const selects = pointer !== "touch" || !mark.packed || current === mark;
    if (selects && mark.model >= 0) highlight(mark.model);
    showTip(drawing, mark);
  }

  /** The mark that a key moves to from the current one. */
  function next(marks, key) {
    const now = marks.indexOf(current);
    const end = marks.length - 1;
    if (key === "Home" || (now < 0 && key !== "End")) return marks[0];
    if (key === "End") return marks[end];
    if (key in STEPS) return marks[Math.min(Math.max(now + STEPS[key], 0), end)];
    let best = current;
    let least = Infinity;
    for (const mark of marks) {
      const down = LINES[key] * (mark.y - current.y);
      const elsewhere = mark.panel === current.panel ? 0 : 1e6;  // stay in the panel if possible
      const far = elsewhere + down + Math.abs(mark.x - current.x) / 1000;
      if (down > 1 && far < least) [best, least] = [mark, far];
    }
    return best;
  }

  function walk(region, event) {
    const { key } = event;
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (key === "Enter" || key === " ") {
      if (!current || current.model < 0) return;
      event.preventDefault();
      highlight(current.model);
    } else if (key in STEPS || key in LINES || key === "Home" || key === "End") {
      event.preventDefault();
      const drawing = Array.from(region.querySelectorAll(".answers")).find((d) => d.offsetWidth);
      const mark = next(measured(drawing).marks, key);
      showTip(drawing, mark);
      ring.scrollIntoView({ block: "nearest", inline: "nearest" });
      place(drawing, mark);
      const { title, about, lines } = wordsOf(mark);
      const words = [title, about, ...lines.map((line) => line.join(" "))];
      spoken.textContent = words.filter(Boolean).join(", ");
    }
  }

  const regions = new Set();  // elements that take the focus for drawings
  function adopt(drawing) {
    if (!drawing.querySelector("[data-t], [data-m]")) return;
    regions.add(drawing.parentElement);
    drawing.classList.add("answers");
    drawing.addEventListener("pointermove", (event) => point(drawing, event));
    drawing.addEventListener("pointerdown", (event) => { pointer = event.pointerType || "mouse"; });
    drawing.addEventListener("pointerleave", () => { if (pointer !== "touch") hide(); });
    drawing.addEventListener("click", (event) => press(drawing, event));
    if (chosen >= 0) dim(drawing);
  }

  parts.each((root) => {
    const before = new Set(regions);
    root.querySelectorAll(".drawing").forEach(adopt);
    for (const region of regions) {
      if (before.has(region)) continue;
      region.setAttribute("aria-describedby", "figure-help");
      region.addEventListener("keydown", (event) => walk(region, event));
      region.addEventListener("blur", hide);
    }
  });
  const help = document.getElementById("figure-help");
  if (help) help.hidden = false;
  document.addEventListener("pointerdown", (event) => {
    if (!event.target.closest(".answers")) hide();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    hide();
    if (chosen >= 0) highlight(chosen);
  });
  window.addEventListener("scroll", () => {
    if (!current) return;
    if (regions.has(document.activeElement)) place(ring.parentElement, current);
    else hide();
  }, { passive: true, capture: true });
  window.addEventListener("resize", hide);
})();
