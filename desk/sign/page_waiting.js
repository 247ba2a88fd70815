// What waits on the server for a key of this device: asked for by whoever shows that they hold it.

/** A button that asks what waits for a key. What is asked is signed, and records nothing. */
function viewSignIn(held) {
  const button = element("button", { type: "button", class: "secondary" }, "What waits for ", fromFile(held.label), `, key ${keyWords(held.key)}`);
  button.addEventListener("click", () => attempt("waiting", async () => {
    await askLedger();
    if (ledger === null) throw new Error("The ledger of this server is not known yet: nothing is signed for it.");
    showWaiting(held, await askWaiting(held, ledger, check));
  }));
  return button;
}

/** What the server says that waits: which of it is shown and checked once it is opened. */
function showWaiting(held, { key, drafts }) {
  const isRevoked = key !== null && key.isRevoked;
  const state = key === null ? "The book does not know this key yet." : isRevoked ? "The book says that this key is revoked: nothing counts that is signed with it from now on. Whoever made these drafts makes new ones, which name your other key." : `The book knows this key as ${key.label ?? "one without a name"}.`;
  const lists = [
    [drafts.filter(({ missing }) => missing > 0), isRevoked ? "Were to be signed with it" : "To be signed by you"],
    [drafts.filter(({ missing }) => missing === 0), "Signed by you, and on their way"],
  ].filter(([some]) => some.length > 0);
  const none = drafts.length === 0 ? [element("p", {}, "Nothing waits for it.")] : [];
  at("waiting").replaceChildren(
    element("p", {}, fromFile(state)),
    ...none,
    ...lists.flatMap(([some, title]) => [element("h4", {}, `${title}: ${some.length}`), element("ul", { class: "drafts" }, ...some.map((one) => viewWaiting(held, one)))]),
  );
  say(`${countWords(drafts.length, "draft")} on the server.`);
  at("waiting").focus();
}

function viewWaiting(held, { name, type, subject, says, events, signed, others, at: time }) {
  const more = events > 1 ? ` and ${events - 1} more` : "";
  const words = `${spacedWords(type)}, ${subject}${more}${says === "" ? "" : `: ${says}`}`;
  const button = element("button", { type: "button", class: "link" }, "Open ", fromFile(words));
  button.addEventListener("click", () => attempt("draft", async () => openDraft(encodeUtf8(await readShelf(name)), name)));
  const left = others === 0 ? "nobody else is to sign" : `${countWords(others, "other signatory", "other signatories")} still to sign`;
  const parts = [button, element("span", { class: "hint" }, fromFile(` Draft ${name.slice(0, 8)}, last signed ${momentWords(time)}; ${left}.`))];
  if (signed > 0) parts.push(viewTakeAway(held, name));
  return element("li", {}, ...parts);
}

/** Whoever has signed a draft takes it off the shelf: it is not in the book, and comes there no more unless somebody kept it. */
function viewTakeAway(held, name) {
  const button = element("button", { type: "button", class: "link" }, "Take it off the server", element("span", { class: "unseen" }, `, draft ${name.slice(0, 8)}`));
  button.addEventListener("click", () => attempt("waiting", async () => {
    await takeAway(held, ledger, name, check);
    showWaiting(held, await askWaiting(held, ledger, check));
  }));
  return button;
}
