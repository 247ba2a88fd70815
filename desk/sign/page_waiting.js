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
  const state = key === null ? "The book does not know this key yet." : key.isRevoked === true ? "The book says that this key is revoked." : `The book knows this key as ${String(key.label ?? "one without a name")}.`;
  const ofThisKey = drafts.filter(({ missing }) => missing > 0);
  const ofOthers = drafts.filter(({ missing }) => missing === 0);
  const lists = [
    [ofThisKey, "To be signed by you"],
    [ofOthers, "Signed by you, and on their way"],
  ].filter(([some]) => some.length > 0);
  const none = drafts.length === 0 ? [element("p", {}, "Nothing waits for it.")] : [];
  at("waiting").replaceChildren(
    element("p", {}, fromFile(state)),
    ...none,
    ...lists.flatMap(([some, title]) => [element("h4", {}, `${title}: ${some.length}`), element("ul", { class: "drafts" }, ...some.map(viewWaiting))]),
  );
  say(`${countWords(ofThisKey.length, "draft")} to be signed by you.`);
  at("waiting").focus();
}

function viewWaiting({ name, type, subject, events, others, at: time }) {
  const more = events > 1 ? ` and ${events - 1} more` : "";
  const button = element("button", { type: "button", class: "link" }, "Open ", fromFile(`${spacedWords(type)}, ${subject}${more}`));
  button.addEventListener("click", () => attempt("draft", async () => openDraft(encodeUtf8(await readShelf(name)), name)));
  const left = others === 0 ? "nobody else is to sign" : `${countWords(others, "other signatory", "other signatories")} still to sign`;
  return element("li", {}, button, element("span", { class: "hint" }, fromFile(` Last signed ${momentWords(time)}; ${left}.`)));
}
