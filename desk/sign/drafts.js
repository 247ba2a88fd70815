// Drafts, as the command line writes them into files and the server's shelf keeps them: the exact bytes of one event, or of
// several that are recorded together, and the signatures so far.

/** The largest draft file, and the most events in one. */
const DRAFT_MAX = 16 * 1024 * 1024;
const DRAFT_EVENTS_MAX = 1000;

/** Reads a draft file, and checks everything in it: each event's form, who is to sign, each signature that is there. */
async function readDrafts(bytes, check) {
  const refuse = (found) => new Malformed("draft", found, "a draft, which `minutebook record --draft FILE` makes");
  if (bytes.length > DRAFT_MAX) throw refuse(`${bytes.length} bytes`);
  const written = parsedJson(decodeUtf8(bytes) ?? "", refuse);
  const each = hasExactly(written, ["drafts"]) ? written.drafts : [written];
  if (!Array.isArray(each) || each.length === 0 || each.length > DRAFT_EVENTS_MAX) {
    throw refuse(Array.isArray(each) ? `${each.length} events` : "no list of drafts");
  }
  const drafts = [];
  for (const [at, one] of each.entries()) {
    const where = each.length > 1 ? `event ${at + 1}: ` : "";
    drafts.push(await readDraft(one, check, (found) => refuse(found).within(where), where));
  }
  return drafts;
}

function parsedJson(text, refuse) {
  try {
    return JSON.parse(text);
  } catch {
    throw refuse("something that is not JSON");
  }
}

function hasExactly(value, names) {
  return value !== null && typeof value === "object" && Object.keys(value).sort().join() === [...names].sort().join();
}

async function readDraft(written, check, refuse, where) {
  if (!hasExactly(written, ["event", "signatures"]) || typeof written.event !== "string" || !Array.isArray(written.signatures)) {
    throw refuse("other members than event and signatures");
  }
  const event = readWithin(`${where}event: `, () => parseEvent(encodeUtf8(written.event)));
  if (!(event.data.get("facts") instanceof Map)) throw refuse("an event without facts");
  if (typeof event.data.get("standing") !== "string") throw refuse("an event that does not say whether it is an act or a report");
  const draft = { event, signatories: signatoriesOf(event, refuse), signatures: new Map() };
  for (const signature of written.signatures) {
    if (!hasExactly(signature, ["key", "signature"]) || typeof signature.key !== "string" || typeof signature.signature !== "string") {
      throw refuse("a signature without key");
    }
    await addSignature(draft, signature.key, parseBase64("signature", signature.signature, 64), check);
  }
  return draft;
}

/** Who is to sign an event, as its own bytes list them. */
function signatoriesOf(event, refuse) {
  const listed = event.data.get("signatories");
  const isSignatory = (one) =>
    one instanceof Map &&
    [...one].every(([name, value]) => ["key", "capacity", "body"].includes(name) && typeof value === "string") &&
    /^[0-9a-f]{64}$/.test(one.get("key")) &&
    one.has("capacity");
  if (!Array.isArray(listed) || listed.length === 0 || listed.length > SIGNATURES_MAX || !listed.every(isSignatory)) {
    throw refuse("no list of those who sign");
  }
  const signatories = listed.map((one) => ({ key: one.get("key"), capacity: one.get("capacity"), body: one.get("body") ?? null }));
  if (new Set(signatories.map(({ key }) => key)).size < signatories.length) throw refuse("a key that is to sign twice");
  return signatories;
}

/** Adds a signature of somebody who is to sign. */
async function addSignature(draft, key, signature, check) {
  const refuse = (found, needed) => new Malformed("signature", found, needed);
  if (!draft.signatories.some((one) => one.key === key)) throw refuse(`one by ${key}`, "one by a key that is to sign the event");
  if (draft.signatures.has(key)) throw refuse(`a second one by ${key}`, "one by each key");
  const holds = await check.holds(parseHex("key", key, 32), authenticated(draft.event.bytes), signature);
  if (!holds) throw refuse(`one by ${key} that does not hold`, "a signature over these very bytes");
  draft.signatures.set(key, encodeBase64(signature));
}

/** How many bytes of events a ledger takes at once. */
const TOGETHER_MAX = 3 * 1024 * 1024;

/** Whether drafts are small enough to be recorded together. */
function sizeRow(drafts) {
  const bytes = drafts.reduce((sum, { event }) => sum + event.bytes.length, 0);
  const isSmall = bytes <= TOGETHER_MAX;
  return row("Its size", isSmall ? HOLDS : FAILS, isSmall ? `${bytes} bytes of events.` : `${bytes} bytes of events, and a ledger takes ${TOGETHER_MAX} at once: make several drafts of it.`);
}

/** Adds to the text of drafts the signatures that another text of the same drafts has; those that are there stay. */
function withSignatures(text, other) {
  const each = (text) => {
    const written = JSON.parse(text);
    return written.drafts ?? [written];
  };
  const others = each(other);
  const drafts = each(text).map((draft, at) => {
    const keys = new Set(draft.signatures.map(({ key }) => key));
    return { ...draft, signatures: [...draft.signatures, ...others[at].signatures.filter(({ key }) => !keys.has(key))] };
  });
  return `${JSON.stringify(drafts.length === 1 ? drafts[0] : { drafts }, null, 2)}\n`;
}

/** Who has not signed yet. */
function missingOf({ signatories, signatures }) {
  return signatories.filter(({ key }) => !signatures.has(key));
}

/** Drafts as text, as the command line writes them. */
function writeDrafts(drafts) {
  const each = drafts.map(({ event, signatures }) => {
    return { event: event.text, signatures: [...signatures].map(([key, signature]) => ({ key, signature })) };
  });
  return `${JSON.stringify(each.length === 1 ? each[0] : { drafts: each }, null, 2)}\n`;
}

/** The name under which drafts are kept here and on a shelf: the BLAKE3 hash of their events, each on a line. Signatures change
    it not; another word in an event does. */
function nameOfDrafts(drafts) {
  return encodeHex(blake3(concatenate(...drafts.flatMap(({ event }) => [event.bytes, Uint8Array.of(10)]))));
}
