// What an event says, and what was checked, as elements. Whatever comes from a draft or a server is text, and stays text.

function viewEvent(told, number, count) {
  const heading = count > 1 ? `${number} of ${count}: ${told.title}` : told.title;
  const parts = [element("h3", {}, heading, ", ", fromFile(told.subject))];
  if (told.isNew) parts.push(element("p", { class: "was" }, "New in this version."));
  if (told.isOtherwise) parts.push(element("p", { class: "was" }, "Changed, in something that is told alike: look at the exact bytes of both."));
  if (told.wasNumber !== undefined) parts.push(element("p", { class: "was" }, `Changed. Before: event ${told.wasNumber}, ahead of what comes before it now.`));
  if (told.first !== null) parts.push(element("p", { class: "first-label" }, told.firstLabel), element("blockquote", { class: "first" }, ...viewText(told.first)));
  parts.push(viewWas(told.firstWas), viewRows(told.rows));
  const signers = told.signers.map(({ who, key, hasSigned }) => ({ label: hasSigned ? "Signed by" : "To be signed by", value: `${who}, key ${key}` }));
  if (told.signersWere !== undefined) signers.push({ label: "Others sign", value: "than in the version before", was: told.signersWere });
  if (told.tiesWere !== undefined) signers.push({ label: "What it belongs to", value: "is otherwise than in the version before", was: told.tiesWere });
  parts.push(viewRows([{ label: "Standing", value: told.standing, was: told.standingWas }, ...signers, { label: "Written", value: momentWords(told.written) }, ...told.bound]));
  parts.push(element("pre", { class: "bytes", tabIndex: 0, hidden: true, "aria-label": `The exact bytes of ${heading}` }, fromFile(told.text), `\n\nBLAKE3 ${told.hash}`));
  return element("section", { class: "event" }, ...parts.filter((part) => part !== null));
}

/** What the version before had, and this one has not. */
function viewGone(gone) {
  const events = gone.map(({ title, subject, first }) => element("li", {}, fromFile(`${title}, ${subject}${first === null ? "" : `: ${first}`}`)));
  return element("section", { class: "event" }, element("h3", {}, "In the version before, and not in this one"), element("ul", {}, ...events));
}

function viewRows(rows) {
  return element("dl", {}, ...rows.map(({ label, value, was }) => element("div", {}, element("dt", {}, fromFile(label)), element("dd", {}, viewValue(value), viewWas(was)))));
}

/** What stood there in the version before; nothing where it is the same. */
function viewWas(was) {
  return was === undefined ? null : element("div", { class: "was" }, element("strong", {}, "Changed. Before: "), viewValue(was));
}

/** A text in which empty lines, where there are more than three, are counted and not shown, since they would hide the rest of it: its
    own words can't imitate that. */
function viewText(text) {
  // What is split by stands at each second place.
  return text.split(/(\n{5,})/).map((part, at) => (at % 2 === 1 ? element("strong", { class: "mark" }, countWords(part.length - 1, "empty line")) : fromFile(part)));
}

function viewValue(value) {
  if (typeof value === "string") return element("span", {}, ...viewText(value));
  if (value.rows) return viewRows(value.rows);
  if (value.sealed) return element("span", {}, element("strong", { class: "sealed" }, "Sealed"), " The text stays with its author, and this digest of it is signed: ", element("code", {}, value.sealed));
  if (value.list.length === 0) return fromFile("(none)");
  return element("ul", { class: "values" }, ...value.list.map((one) => element("li", {}, viewValue(one))));
}

/** Checks as a table, as the page that verifies has them. */
function viewChecked(rows, name) {
  return viewChecks({ rows, name });
}

function viewObjections(refused) {
  const items = refused.map(({ event, says, rule }) => {
    return element("li", {}, fromFile(`${event === null ? "" : `Event ${event + 1}: `}${says}`), rule === "" ? null : element("span", { class: "digest" }, ` (rule ${rule})`));
  });
  return element("ul", {}, ...items);
}

function viewSigners(drafts) {
  const signers = new Map();
  for (const draft of drafts) {
    for (const { key, capacity, body } of draft.signatories) {
      const known = signers.get(key) ?? { who: new Set(), signed: 0, of: 0 };
      known.who.add(`${memberWords(capacity)}${body === null ? "" : ` of ${body}`}`);
      known.of += 1;
      known.signed += draft.signatures.has(key) ? 1 : 0;
      signers.set(key, known);
    }
  }
  const rows = [...signers].map(([key, { who, signed, of }]) => {
    const state = signed === of ? "Signed" : signed === 0 ? "Not signed yet" : `Signed ${signed} of ${of}`;
    return { label: state, value: `${[...who].join("; ")}, key ${key}` };
  });
  return viewRows(rows);
}
