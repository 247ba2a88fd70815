"use strict";
// Puts what is recorded above what stands on the page of the book, as it comes. What comes is text, and stays text. It follows only
// while somebody can see it: a browser has few connections to a server, and other pages need them. It goes on behind the last entry
// that it has.
(() => {
  const came = document.getElementById("came");
  const list = document.querySelector("ol.news");
  if (came === null || list === null || !globalThis.EventSource) return;
  const KEPT_MAX = 200;
  let count = 0;
  let since = BigInt(came.dataset.since);
  let source = null;

  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  const stop = (words) => {
    document.removeEventListener("visibilitychange", follow);
    source.close();
    came.textContent = words;
  };

  const show = ({ data }) => {
    const { position, recorded, says, about, path } = JSON.parse(data);
    if (!/^[0-9]{1,20}$/.test(position) || (path !== null && !/^\/[a-z]+\/[A-Za-z0-9._-]+$/.test(path))) return;
    since = BigInt(position) + 1n;
    const text = element("p", {}, says);
    if (path !== null) text.append(" ", element("span", { className: "about" }, "About ", element("a", { href: path + came.dataset.view }, element("bdi", {}, about))));
    const link = element("a", { className: "number", href: `/entry/${position}${came.dataset.view}` }, `Entry ${position}`);
    list.prepend(element("li", {}, link, " ", element("span", { className: "when" }, recorded), text));
    while (list.children.length > KEPT_MAX) list.lastElementChild.remove();
    count += 1;
    came.textContent = count === 1 ? "1 entry came since this page was opened." : `${count} entries came since this page was opened.`;
  };

  function follow() {
    source?.close();
    source = null;
    if (document.visibilityState === "hidden") return;
    source = new EventSource(`/book/live?since=${since}`);
    source.addEventListener("entry", show);
    source.addEventListener("beyond", ({ data }) => stop(`${data} entries came while this page was away: load it again to see them.`));
    source.addEventListener("other", () => stop("The server has another book now than this page shows, or less of it: load the page again."));
    source.addEventListener("error", () => {
      if (source?.readyState === EventSource.CLOSED) stop("What is recorded from now on does not come here: load the page again to see it.");
    });
  }

  document.addEventListener("visibilitychange", follow);
  follow();
})();
