// The page: takes a draft, shows and checks it, has it signed, and sends it on. There is one draft at a time.

const at = (id) => document.getElementById(id);
const TITLE = document.title;

/** The draft that is open; `rows` are its checks, `names` the keys that a reader of files brought. */
let open = null;
let check = null;
/** The ledger of this server: keys are made for it. */
let ledger = null;

const now = () => new Date().toISOString().replace("Z", "000Z");

function say(words) {
  at("status").textContent = words;
}

/** Shows what is wrong, each with a link to the field, and nothing else of a run before. */
function showProblems(problems) {
  for (const one of document.querySelectorAll(".error")) one.textContent = "";
  at("problems").hidden = problems.length === 0;
  document.title = problems.length === 0 ? TITLE : `Error: ${TITLE}`;
  if (problems.length === 0) return;
  at("problems").replaceChildren(...viewProblems(problems));
  for (const { field, says } of problems) {
    const error = at(`${field}-error`);
    if (error) error.textContent = `Error: ${says}`;
  }
  at("problems").focus();
}

/** Runs what may go wrong; whatever does is said beside a field. */
async function attempt(field, run) {
  try {
    showProblems([]);
    await run();
  } catch (error) {
    if (error instanceof TokenNeeded) at("token-field").hidden = false;
    const wrong = error instanceof PassphraseRefusal ? "passphrase" : error instanceof TokenNeeded ? "token" : field;
    showProblems([{ field: wrong, says: error.message }]);
    if (error instanceof ServerTrouble && error.refused.length > 0) at("problems").append(viewObjections(error.refused));
  }
}

/** Opens a draft, with what was signed of it on this device before. One that was asked for by a name has to have that name. */
async function openDraft(bytes, wanted = null) {
  closeDraft();
  at("busy").hidden = false;
  try {
    await readAndOpen(bytes, wanted);
  } finally {
    at("busy").hidden = true;
  }
}

async function readAndOpen(bytes, wanted) {
  // So that it can be seen that something goes on.
  await new Promise((resolve) => setTimeout(resolve));
  const drafts = await readDrafts(bytes, check);
  const name = nameOfDrafts(drafts);
  if (wanted !== null && name !== wanted) throw new Malformed("draft", "another draft than the address names", wanted);
  const mine = { drafts, name, rows: [], refused: [], outcome: OPEN, recorded: null, before: await versionBefore(drafts, name) };
  open = mine;
  await keepOpen(mine);
  if (open !== mine) return;
  showDraft();
  await checkDraft();
  if (open === mine && mine.needsToken === null) at(mine.recorded === null ? "shown-title" : "recorded-title").focus();
}

/** The version of a draft that it is held against, of those that this device has seen and that are not in the book; null where there
    is none. */
async function versionBefore(drafts, name) {
  const seen = [];
  for (const kept of await allKept("drafts")) {
    if (kept.name === name) continue;
    const others = await readDrafts(encodeUtf8(kept.text), check).catch(() => []);
    seen.push({ at: kept.at, isSignedHere: kept.isSignedHere === true, told: others.map(toldOf) });
  }
  return versionAmong(drafts.map(toldOf), seen);
}

/** Keeps the open draft, and takes over what another tab signed. */
async function keepOpen(mine) {
  const text = await keepDrafts(mine.drafts, mine.isSignedHere === true);
  mine.isKept = text !== null;
  if (text !== null) mine.drafts = await readDrafts(encodeUtf8(text), check);
}

function closeDraft() {
  open = null;
  for (const id of ["shown", "checked", "sign", "signed", "recorded"]) at(id).hidden = true;
  for (const id of ["shelf-words", "called", "waiting"]) at(id).replaceChildren();
}

function showDraft() {
  const { drafts } = open;
  const { events: told, gone } = toldAgainst(drafts.map(toldOf), open.before?.told ?? drafts.map(toldOf));
  at("events").replaceChildren(...told.map((one, number) => viewEvent(one, number + 1, told.length)), ...(gone.length > 0 ? [viewGone(gone)] : []));
  showVersion(differencesIn({ events: told, gone }));
  at("show-bytes").textContent = "Show the exact bytes";
  at("show-bytes").setAttribute("aria-expanded", "false");
  const ledgers = [...new Set(drafts.map(({ event }) => event.source))].join(", ");
  at("shown-summary").replaceChildren(`${countWords(drafts.length, "event")} for the ledger `, fromFile(ledgers), ". All that they say is shown here, and their exact bytes on request.");
  at("shown").hidden = false;
  at("save").href = URL.createObjectURL(new Blob([writeDrafts(drafts)], { type: "application/json" }));
  showSignatures();
  showKeptDrafts();
}

/** That this device has seen another version, if it has. */
function showVersion(differences) {
  const { before } = open;
  at("version").hidden = before === null;
  if (before === null) return;
  const others = before.versions === 1 ? "a draft much like this one, and keeps both. It" : `${before.versions} drafts much like this one, and keeps all. The one that this is held against`;
  const which = before.isSignedHere ? "was signed here, and first opened" : before.versions === 1 ? "was first opened" : "differs most from it, and was first opened";
  const what = differences === 0 ? "They say the same, word for word: other are only ids, times and what their authors saw." : `They differ in ${countWords(differences, "place")}, marked “Changed” or “New” below.`;
  at("version").textContent = `This device has seen ${others} ${which} on ${momentWords(before.at)}. ${what}`;
}

function showSignatures() {
  const { drafts } = open;
  const isComplete = drafts.every((draft) => missingOf(draft).length === 0);
  const isBegun = drafts.some(({ signatures }) => signatures.size > 0);
  const kept = open.isKept ? "This device keeps the draft until the book has it." : "This browser keeps nothing for this page: save the draft as a file before you leave.";
  at("signed-words").replaceChildren(viewSigners(drafts), element("p", {}, isComplete ? `All have signed. ${kept}` : `Not all have signed yet. ${kept}`));
  // Nothing is signed, sent or passed on before all was checked, nor where something does not hold.
  const isGood = open.outcome === HOLDS && open.recorded === null;
  at("signed").hidden = open.recorded !== null;
  at("sign").hidden = !isGood || isComplete;
  at("send").hidden = !(isGood && isServed && isComplete);
  at("to-shelf").hidden = !(isGood && isServed && isBegun && !isComplete);
  // Whoever signs last can send it with the same press.
  const isLast = new Set(drafts.flatMap(missingOf).map(({ key }) => key)).size === 1;
  at("sign-and-send").hidden = !(isServed && isLast);
  at("do-sign").textContent = drafts.length === 1 ? "Sign" : `Sign ${drafts.length} events`;
  showDeviceKeys();
}

/** Holds the open draft against the server's log, and asks what the ledger would say of it. */
async function checkDraft() {
  const mine = open;
  const { drafts } = mine;
  const signatures = drafts.reduce((sum, one) => sum + one.signatures.size, 0);
  mine.outcome = OPEN;
  mine.needsToken = null;
  mine.rows = [row("The draft", HOLDS, `${countWords(drafts.length, "event")} in the one form that each may have; ${countWords(signatures, "signature")} so far, and each holds.`), sizeRow(drafts)];
  if (isServed) {
    say("Checking.");
    await askServer(mine);
  } else {
    mine.rows.push(row("What its author saw", UNASKED, "This copy of the page asks nobody. Whether the ledger is the right one, and would take the draft, is found where it is sent."));
  }
  if (open !== mine) return;
  mine.outcome = outcomeOf(mine.rows);
  at("checks").replaceChildren(viewChecked(mine.rows, "the draft"));
  if (mine.refused.length > 0) at("checks").append(viewObjections(mine.refused));
  at("again").hidden = mine.outcome !== OPEN;
  at("checked").hidden = false;
  showCalled(mine.called ?? []);
  showSignatures();
  say(CHECKED_WORDS[mine.outcome]);
  if (mine.needsToken) {
    at("token-field").hidden = false;
    showProblems([{ field: "token", says: mine.needsToken }]);
  }
  if (mine.standing) await showRecorded(mine, mine.standing);
}

const CHECKED_WORDS = {
  holds: "The draft is shown, and was checked.",
  fails: "Something does not hold: this draft is not signed here.",
  open: "Not everything could be checked: nothing is signed before it was.",
};

/** Adds a row for each thing that the server was asked. What it answers wrongly fails; what it does not answer is left open. */
async function askServer(mine) {
  const { drafts, rows } = mine;
  try {
    const log = new ServedLog(readPublished, check);
    const against = await checkAgainstLog(log, drafts, loadKept().kept, now());
    rows.push(...against.rows);
    if (against.keep !== null) keepCheckpoints(against.keep.origin, [against.keep]);
    if (outcomeOf(rows) !== FAILS) await askRules(mine);
  } catch (error) {
    if (error instanceof TokenNeeded) mine.needsToken = error.message;
    const isLeftOpen = error instanceof ServerTrouble && !error.isAnswer;
    rows.push(row("The server", isLeftOpen ? OPEN : FAILS, error.message));
  }
}

/** Asks what the ledger would say; where all of it stands in the book, for the receipts, which are checked like those of what is sent. */
async function askRules(mine) {
  const { drafts, rows } = mine;
  const { events, called } = await foresee(drafts);
  // Only of what stands in the draft can it be said who it is.
  const spoken = drafts.map(({ event }) => event.text).join("\n");
  mine.called = Object.entries(called).filter(([id, name]) => typeof name === "string" && name.length <= 300 && /^[a-z]+\//.test(id) && spoken.includes(`"${id}"`));
  mine.refused = events.flatMap(({ objections }, event) => objections.map((one) => ({ event: drafts.length > 1 ? event : null, ...one })));
  const findings = [...new Set(events.flatMap((one) => one.findings))];
  if (mine.refused.length > 0) {
    rows.push(row("The rules", FAILS, `The ledger would refuse it, for ${countWords(mine.refused.length, "reason")}, told below.`));
  } else if (events.every(({ again }) => again)) {
    rows.push(row("The rules", HOLDS, "The ledger says that all of it stands in the book already."));
    mine.standing = await Promise.all(events.map(async ({ position }) => ({ position, receipt: await readReceipt(position) })));
  } else {
    rows.push(row("The rules", HOLDS, findings.length === 0 ? "The ledger says that it would take it." : `The ledger says that it would take it, and that this stays beside it, in its words:\n${findings.map((one) => `“${one}”`).join("\n")}`));
  }
}

/** Whom the ids in a draft mean, as the server says: what is signed are the ids. */
function showCalled(people) {
  const rows = people.map(([id, name]) => ({ label: id, value: name }));
  const words = element("p", {}, "The draft names people and bodies by ids, and those are signed. The server says that they are:");
  at("called").replaceChildren(...(rows.length > 0 ? [words, viewRows(rows)] : []));
}

/** The keys that can sign the open draft first; a key file always. */
async function showDeviceKeys() {
  const keys = await allKept("keys");
  const wanted = new Set((open?.drafts ?? []).flatMap(missingOf).map(({ key }) => key));
  const own = keys.filter(({ key }) => wanted.has(key));
  const choices = own.map(({ key, label }, index) => {
    const input = element("input", { type: "radio", name: "key", id: `key-${key}`, value: key, checked: index === 0 });
    return element("div", { class: "choice" }, input, element("label", { htmlFor: `key-${key}` }, fromFile(label), `, key ${keyWords(key)}, on this device`));
  });
  at("device-keys").replaceChildren(...choices);
  at("key-by-file").checked = own.length === 0;
  showFileFields();
}

function showFileFields() {
  at("file-fields").hidden = !at("key-by-file").checked;
}

async function chosenKey() {
  const chosen = document.querySelector("input[name=key]:checked")?.value;
  if (chosen !== "file") return (await allKept("keys")).find(({ key }) => key === chosen);
  const [file] = at("key-file").files;
  if (file === undefined) throw new Malformed("key file", "none", "a file with the private key: choose it");
  return openKeyFile(await file.text(), at("passphrase").value);
}

/** The open draft, if all of it was checked and holds. */
function checkedDraft() {
  if (open?.outcome !== HOLDS) throw new Error("Nothing is signed or sent before all was checked, nor where something does not hold.");
  return open;
}

async function sign() {
  const mine = checkedDraft();
  const { drafts } = mine;
  const held = await chosenKey();
  if (held === undefined) throw new Error("This key is no longer on this device. Choose another, or a key file.");
  if (!drafts.some(({ signatories }) => signatories.some(({ key }) => key === held.key))) {
    throw new Error(`The key ${held.key} is not among those who are to sign. Who signs is part of what is signed: another signatory needs a new draft.`);
  }
  mine.isSignedHere = true;
  const count = await signDrafts(drafts, held, check);
  if (count === 0) throw new Error(`The key ${held.key} has signed this draft already.`);
  at("passphrase").value = "";
  at("key-file").value = "";
  await keepOpen(mine);
  if (open !== mine) {
    say("The draft that was open before is signed, and kept on this device.");
    return;
  }
  showDraft();
  say(`Signed, ${countWords(count, "event")}.`);
  at("signed-title").focus();
}

/** Signs last, and sends what all have signed then; what could not be sent stays signed on this device. */
async function signAndSend() {
  const mine = checkedDraft();
  await sign();
  if (open === mine) await send();
}

/** Sends a draft that all have signed. */
async function send() {
  const mine = checkedDraft();
  say("Sending.");
  await showRecorded(mine, await submitDrafts(mine.drafts));
  if (open === mine) at("recorded-title").focus();
}

/** Checks the receipts of a draft, and lets go of it only where they hold. */
async function showRecorded(mine, receipts) {
  const log = new ServedLog(readPublished, check);
  const { rows, keep } = await checkReceipts(receipts.map(({ receipt }) => receipt), mine.drafts, log, loadKept().kept, now(), check);
  const isGood = keep !== null && outcomeOf(rows) !== FAILS;
  if (isGood) {
    mine.recorded = receipts;
    keepCheckpoints(keep.origin, [keep]);
    // Where nothing was kept there is nothing to let go of.
    if (mine.isKept) await removeDrafts(mine.name);
    await showKeptDrafts();
  } else {
    // A server whose receipts do not hold is signed for no more.
    mine.outcome = FAILS;
  }
  if (open !== mine) return;
  const title = isGood ? `Recorded as ${receipts.length === 1 ? "entry" : "entries"} ${entriesWords(receipts)}` : "What came back does not hold";
  const words = isGood
    ? "The receipts below prove it, and were checked here. Keep them: they open on the page that verifies, without this server."
    : "The draft stays on this device. Save it and the receipts, and ask who runs the server, and an auditor.";
  const links = receipts.map(({ position, receipt }) => element("li", {}, downloadLink(`entry-${position}.tlog-proof`, receipt, `Save the receipt of entry ${position}`), element("a", { href: `/entry/${position}` }, `Look at entry ${position}`)));
  at("recorded-words").replaceChildren(
    element("div", { class: `verdict ${isGood ? HOLDS : FAILS}` }, element("h3", {}, title), element("p", {}, words)),
    element("ul", {}, ...links),
    viewChecked(rows, "the receipts"),
  );
  at("recorded").hidden = false;
  showSignatures();
  say(title);
}

function entriesWords(receipts) {
  const positions = receipts.map(({ position }) => position);
  return positions.length === 1 ? positions[0] : `${positions[0]} to ${positions.at(-1)}`;
}

async function toShelf() {
  const mine = checkedDraft();
  await sendDrafts("/shelf", mine.drafts);
  if (open !== mine) return;
  const signatures = mine.drafts.reduce((sum, one) => sum + one.signatures.size, 0);
  const address = new URL(`/sign?draft=${mine.name}`, location.href).href;
  at("shelf-words").replaceChildren(
    element("p", { class: "inset" }, `It lies on the server's shelf, with ${countWords(signatures, "signature")}. Whoever is to sign next opens `, element("a", { href: address }, fromFile(address)), ". Whoever has this address can read the draft."),
  );
  say("It lies on the shelf.");
}

async function showKeptDrafts() {
  const drafts = await allKept("drafts");
  const items = drafts.map(({ name, text, title, subject, count, at: time }) => {
    const words = `${title}, ${subject}${count > 1 ? ` and ${count - 1} more` : ""}, kept ${momentWords(time)}`;
    const again = element("button", { type: "button", class: "link" }, "Open ", fromFile(words));
    again.addEventListener("click", () => attempt("draft", () => openDraft(encodeUtf8(text))));
    const remove = element("button", { type: "button", class: "link" }, "Remove it from this device", element("span", { class: "unseen" }, ` (${words})`));
    remove.addEventListener("click", async () => {
      await removeDrafts(name);
      if (open?.name === name) closeDraft();
      await showKeptDrafts();
      at("bring-title").scrollIntoView();
    });
    return element("li", {}, again, remove);
  });
  at("kept-drafts").replaceChildren(...items);
  at("kept-section").hidden = items.length === 0;
}

/** The ledger of the server, for codes: the hash of its opening, which stands in its log. */
async function askLedger() {
  const log = new ServedLog(readPublished, check);
  if ((await log.newest()).size > 0n) ledger ??= encodeHex(blake3(await log.entry(0)));
}

function toggleBytes() {
  const isShown = at("show-bytes").getAttribute("aria-expanded") === "true";
  for (const one of document.querySelectorAll(".bytes")) one.hidden = isShown;
  at("show-bytes").setAttribute("aria-expanded", String(!isShown));
  at("show-bytes").textContent = isShown ? "Show the exact bytes" : "Hide the exact bytes";
}

function listen() {
  const onSubmit = (id, field, run) => at(id).addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(field, () => run(event.submitter));
  });
  const onClick = (id, field, run) => at(id).addEventListener("click", () => attempt(field, run));
  at("draft").addEventListener("change", () => {
    const [file] = at("draft").files;
    at("draft").value = "";
    if (file) attempt("draft", async () => openDraft(new Uint8Array(await file.arrayBuffer())));
  });
  window.addEventListener("dragover", (event) => event.preventDefault());
  window.addEventListener("drop", (event) => {
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    if (file) attempt("draft", async () => openDraft(new Uint8Array(await file.arrayBuffer())));
  });
  at("key").addEventListener("change", showFileFields);
  at("show-bytes").addEventListener("click", toggleBytes);
  onSubmit("sign", "key", (button) => (button?.id === "sign-and-send" ? signAndSend() : sign()));
  onSubmit("make", "label", makeKey);
  onClick("send", "draft", send);
  onClick("to-shelf", "draft", toShelf);
  onClick("again", "draft", checkDraft);
}

async function openPage() {
  check = await SignatureCheck.begin();
  const trouble = await signingTrouble();
  at("cannot-sign").hidden = trouble === null;
  at("cannot-sign").textContent = trouble ?? "";
  listen();
  at("save-page").hidden = !isServed;
  at("own-keys").hidden = !isServed;
  at("without-script").hidden = true;
  at("all").hidden = false;
  if (isServed) await askLedger().catch((error) => say(error.message));
  await Promise.all([showKeptDrafts(), showOwnKeys()]);
  const name = new URLSearchParams(location.search).get("draft");
  if (isServed && name !== null) await attempt("draft", async () => openDraft(encodeUtf8(await readShelf(name)), name));
}

openPage();
