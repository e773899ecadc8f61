"use strict";
// Parts of a large page that are packed until they are opened; see page_parts.py.
const parts = (() => {
  const acts = [];

  async function unpacked(text) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Response(stream).text();
  }

  /** Call `act` with the document now, and with every part that is unpacked later. */
  function each(act) {
    acts.push(act);
    act(document);
  }

  /** The text of a script element with data. */
  async function dataOf(id) {
    const { dataset, textContent } = document.getElementById(id);
    return dataset.packed ? unpacked(dataset.packed) : textContent;
  }

  async function show(part) {
    const { packed } = part.dataset;
    delete part.dataset.packed;
    part.innerHTML = await unpacked(packed);
    acts.forEach((act) => act(part));
  }

  function opened(details) {
    details.querySelectorAll("div[data-packed]").forEach((part) => {
      if (part.closest("details") === details) show(part);
    });
  }

  document.addEventListener("toggle", ({ target }) => { if (target.open) opened(target); }, true);
  document.querySelectorAll("details[open]").forEach(opened);
  return { each, dataOf };
})();
