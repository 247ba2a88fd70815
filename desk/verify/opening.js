// What entry 0 says of its ledger (spec/chain.md): the one event that is read beyond its envelope, because all
// others are bound to it.

const OPENING_FACTS = {
  origin: (at, value) => parseOrigin(at, openingString(at, value)),
  purpose: (at, value) => checkForm(["live", "re-enactment"].includes(value), at, String(value), "live or re-enactment"),
  checkpoint_key: (at, value) => parseHex(at, openingString(at, value), 32),
  registrars: (at, value) => openingList(at, value).map((item) => openingObject(at, item, REGISTRAR_FACTS)),
  threshold: openingNumber,
  rules: openingNumber,
  "continues?": (at, value) => openingObject(at, value, CONTINUES_FACTS),
};

const REGISTRAR_FACTS = {
  key: (at, value) => parseHex(at, openingString(at, value), 32),
  holder: openingString,
};

const CONTINUES_FACTS = {
  origin: (at, value) => parseOrigin(at, openingString(at, value)),
  ledger: (at, value) => parseHash(at, openingString(at, value)),
  size: openingNumber,
  root: (at, value) => parseTreeHash(at, openingString(at, value)),
  "checkpoint?": openingString,
};

/** Reads the opening event. */
function parseOpening(event) {
  if (event.type.name !== "LedgerOpened" || event.type.version !== 1) {
    throw new Malformed("/type", event.type.name, "uk.nhs.governance.LedgerOpened.v1, which is what entry 0 is");
  }
  checkForm(event.subject === "ledger", "/subject", event.subject, "ledger");
  if (event.ledger !== null) throw new Malformed("/ledger", "a ledger", "none: entry 0 has neither ledger nor seen");
  const facts = readAt("/data/facts", () => openingObject("/data/facts", event.data.get("facts"), OPENING_FACTS));
  checkForm(facts.origin === event.source, "/source", event.source, `the same name as /data/facts/origin, ${facts.origin}`);
  readAt("/data/facts/checkpoint_key", () => checkKey(facts.checkpoint_key));
  facts.registrars.forEach(({ key }, at) => readAt(`/data/facts/registrars/${at}/key`, () => checkKey(key)));
  const keys = new Set(facts.registrars.map(({ key }) => encodeHex(key)));
  if (keys.size < 2 || keys.size !== facts.registrars.length) {
    const found = `${keys.size} distinct keys among ${facts.registrars.length}`;
    throw new Malformed("/data/facts/registrars", found, "at least two, none twice");
  }
  if (facts.threshold < 1 || facts.threshold > keys.size) {
    throw new Malformed("/data/facts/threshold", String(facts.threshold), `1 to ${keys.size}, the number of registrars`);
  }
  if (facts.continues) checkContinues(facts.continues, facts);
  return { ...facts, registrarKeys: keys };
}

/** An object with exactly these members; those whose name ends in `?` may be absent. */
function openingObject(at, value, members) {
  if (!(value instanceof Map)) throw new Malformed(at, "something else", "an object");
  const read = {};
  for (const [marked, parse] of Object.entries(members)) {
    const name = marked.replace("?", "");
    if (value.has(name)) read[name] = parse(at, value.get(name));
    else if (name === marked) throw new Malformed(at, `no ${name}`, "all members");
  }
  if (value.size !== Object.keys(read).length) throw new Malformed(at, "another member", "no other members");
  return read;
}

function openingString(at, value) {
  if (typeof value !== "string") throw new Malformed(at, "something else", "a string");
  return value;
}

function openingNumber(at, value) {
  if (typeof value !== "number" || value < 0) throw new Malformed(at, "something else", "a number of 0 or more");
  return value;
}

function openingList(at, value) {
  if (!Array.isArray(value)) throw new Malformed(at, "something else", "a list");
  return value;
}

/** Whether a ledger with this name and key may say that it continues that one. */
function checkContinues(continues, opening) {
  const at = (member) => `/data/facts/continues/${member}`;
  const needed = "another name than the new ledger's: a name belongs to one ledger";
  checkForm(continues.origin !== opening.origin, at("origin"), continues.origin, needed);
  if (continues.size === 0) throw new Malformed(at("size"), "0", "at least 1: every ledger has an opening");
  if (continues.checkpoint === undefined) return;
  const note = decodeBase64(continues.checkpoint);
  if (note === null) throw quoting(at("checkpoint"), continues.checkpoint, "a signed note as padded base64");
  const said = readAt(at("checkpoint"), () => parseCheckpoint(note));
  const isSame = said.size === BigInt(continues.size) && sameBytes(said.root, continues.root);
  if (said.origin !== continues.origin || !isSame) {
    throw new Malformed(at("checkpoint"), `a checkpoint of ${said.origin}`, "one with this origin, size and root");
  }
  const reused = verifierKey(continues.origin, LOG_ALGORITHM, opening.checkpoint_key);
  if (said.note.signatures.some((line) => isLineBy(line, reused))) {
    const needed = "a new key: this one has signed the checkpoints of the ledger that is continued";
    throw new Malformed("/data/facts/checkpoint_key", reused.text, needed);
  }
}

/** Whether these keys are registrars of the opening, and enough of them. */
function isSignedByRegistrars(opening, signatures) {
  return signatures.length >= opening.threshold && signatures.every(({ key }) => opening.registrarKeys.has(key));
}
