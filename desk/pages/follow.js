"use strict";
// Puts what is recorded above what stands on the page of the book, as it comes. What comes is text, and stays text; where the
// connection breaks, the browser asks again from the last entry that it has.
(() => {
  const came = document.getElementById("came");
  const list = document.querySelector("ol.news");
  if (came === null || list === null || !globalThis.EventSource) return;
  const KEPT_MAX = 200;
  let count = 0;

  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  const source = new EventSource(`/book/live?since=${came.dataset.since}`);
  source.addEventListener("entry", ({ data }) => {
    const { position, recorded, says, about, path } = JSON.parse(data);
    const text = element("p", {}, says);
    if (path !== null) text.append(" ", element("span", { className: "about" }, "About ", element("a", { href: path }, about)));
    const link = element("a", { className: "number", href: `/entry/${position}` }, `Entry ${position}`);
    list.prepend(element("li", {}, link, " ", element("span", { className: "when" }, recorded), text));
    while (list.children.length > KEPT_MAX) list.lastElementChild.remove();
    count += 1;
    came.textContent = count === 1 ? "1 entry came since this page was opened." : `${count} entries came since this page was opened.`;
  });
  source.addEventListener("beyond", ({ data }) => {
    source.close();
    came.textContent = `${data} entries came while this page was away: load it again to see them.`;
  });
})();
