// Each thing that can be checked, as a record of the report: what it says, its checks, and what those come to.

/** What no file can show here. */
const NOT_CHECKED = {
  rules: "Rules and authority. Whether those who signed were entitled to, and whether the rules admitted what they did, is found by replaying the whole book. The program minutebook-verify does that; this page does not.",
  witnesses: "That everybody is shown this history. Witnesses sign for that: bring a policy that names those whom you know.",
  key: "That the key is the ledger's. That you brought it is all that this page knows.",
  seen: "What came after. Whether the entry was corrected, rescinded or contested since stands in the book, not in a receipt.",
  clock: "The clock. The time recorded is the ledger's own; witnesses bracket it.",
  sealed: "Sealed text, and documents that are named by their digest alone.",
};

/** What an entry says, in words and as its text. */
function entryClaim(entry) {
  const { event } = entry;
  const signatories = event.data.get("signatories");
  const capacity = (key) => {
    const stated = (Array.isArray(signatories) ? signatories : []).find((item) => item instanceof Map && item.get("key") === key);
    const said = [stated?.get("capacity"), stated?.get("body")].filter((word) => typeof word === "string");
    return said.length > 0 ? ` (says: ${said.join(" of ")})` : "";
  };
  return [
    ["Entry", `${entry.position} of the book ${event.source}`],
    ["What", `${event.type.name}, version ${event.type.version}`],
    ["About", event.subject],
    ["Recorded", `${momentWords(entry.recorded)} (${entry.recorded})`],
    ["Written", momentWords(event.time)],
    ["Signed by", entry.signatures.map(({ key }) => `${key}${capacity(key)}`).join("\n")],
    ["Its hash", encodeHex(blake3(entry.bytes))],
  ];
}

/** The event's text, indented. It is written from what was read of the signed bytes. */
function eventWords(value, indent = "") {
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    const items = value.map((item) => `${deeper}${eventWords(item, deeper)}`);
    return items.length === 0 ? "[]" : `[\n${items.join(",\n")}\n${indent}]`;
  }
  if (!(value instanceof Map)) return JSON.stringify(value);
  const members = [...value].map(([name, item]) => `${deeper}${JSON.stringify(name)}: ${eventWords(item, deeper)}`);
  return members.length === 0 ? "{}" : `{\n${members.join(",\n")}\n${indent}}`;
}

function checkpointClaim(checkpoint) {
  return [
    ["Ledger", checkpoint.origin],
    ["Entries", countWords(checkpoint.size, "entry", "entries")],
    ["Root of the tree", encodeBase64(checkpoint.root)],
  ];
}

/** A record whose bytes are none of what they should be. */
function malformedRecord(item, error) {
  const rows = [row("Form", FAILS, error.message)];
  return { kind: item.kind, name: item.name, rows, claim: [], heads: [], notChecked: [], reason: `form: ${error.at}` };
}

/** Reads an item with `parse` and makes its record; bytes that are wrong make the record of that. */
async function recordOf(item, parse, make) {
  try {
    return { kind: item.kind, name: item.name, ...(await make(parse(item.bytes))) };
  } catch (error) {
    if (error instanceof Malformed) return malformedRecord(item, error);
    throw error;
  }
}

async function checkpointRecord(item, trust, check) {
  return recordOf(item, parseCheckpoint, async (checkpoint) => {
    const mine = trust.of(checkpoint.origin);
    const signed = await signerRow(checkpoint, mine, check);
    const rows = [
      row("Form", HOLDS, "It is a checkpoint, in the one form that it may have."),
      signed,
      await witnessRow(checkpoint, mine, check),
    ];
    const says = `The log ${checkpoint.origin} has signed that it has ${countWords(checkpoint.size, "entry", "entries")}, and what they come to.`;
    const notChecked = [NOT_CHECKED.rules, "The entries. A checkpoint says how many there are and what they come to; bring the published log to see that it does."];
    return { rows, says, claim: checkpointClaim(checkpoint), heads: headsOf(checkpoint, signed), notChecked };
  });
}

/** A head that the log signed, so that this device can compare and keep it. */
function headsOf(checkpoint, { signer, isBrought }) {
  return signer ? [{ checkpoint, signer, isBrought }] : [];
}

async function receiptRecord(item, trust, check) {
  return recordOf(item, parseReceipt, async (receipt) => {
    const { checkpoint } = receipt;
    const mine = trust.of(checkpoint.origin);
    const signed = await signerRow(checkpoint, mine, check);
    const witnessed = await witnessRow(checkpoint, mine, check);
    const { entry, rows } = await receiptRows(receipt, check);
    const all = [row("Form", HOLDS, "It is a receipt, in the one form that it may have."), signed, witnessed, ...rows];
    const claim = entry === null ? checkpointClaim(checkpoint) : [...entryClaim(entry), ...checkpointClaim(checkpoint).slice(1)];
    const notChecked = [NOT_CHECKED.rules, NOT_CHECKED.seen, ...(witnessed.state === UNASKED ? [NOT_CHECKED.witnesses] : []), NOT_CHECKED.key, NOT_CHECKED.clock];
    const says = entry === null ? "" : `Entry ${entry.position} of the book ${checkpoint.origin}, ${entry.event.type.name} about ${entry.event.subject}, stands in the tree of ${countWords(checkpoint.size, "entry", "entries")} that its log has signed, with its authors' signatures.`;
    return { rows: all, says, claim, text: entry?.words ?? null, heads: headsOf(checkpoint, signed), notChecked, entry };
  });
}

/** The checks of a receipt's entry: its form, its place, its proof, its authors' signatures. */
async function receiptRows(receipt, check) {
  const { checkpoint } = receipt;
  let entry = null;
  const form = await checkRow("The entry's form", () => readEntry(receipt.entry), (read) => {
    entry = read;
    return "The entry can be read, in the one form that it may have.";
  });
  if (entry === null) return { entry, rows: [{ ...form, reason: `entry: ${form.reason}` }] };
  const place = () => {
    const differs = (at, found, needed) => {
      if (found !== needed) throw new ChainRefusal(at, found, needed);
    };
    differs("position", entry.position, receipt.position);
    differs("source", entry.event.source, checkpoint.origin);
  };
  const rows = [
    form,
    await checkRow("Its place", place, () => `The entry itself says position ${entry.position} and the ledger ${checkpoint.origin}, as the receipt does.`),
    await checkRow(
      "In the tree",
      () => checkInclusion(receipt.entry, receipt.position, checkpoint, receipt.proof),
      () => `The hash of the entry leads, by ${countWords(receipt.proof.length, "hash", "hashes")} of the proof, to the root that is signed.`,
    ),
    await authorsRow(entry, check),
  ];
  return { entry, rows };
}

/** Reads an entry, and keeps its bytes and its event's text in words. */
function readEntry(bytes) {
  const entry = parseEntry(bytes);
  return { ...entry, bytes, words: eventWords(parseJsonObject(entry.event.text)) };
}

async function authorsRow(entry, check) {
  return checkRow(
    "The authors' signatures",
    async () => {
      const key = await falseSignature(entry, check);
      if (key !== null) throw new TrustRefusal("signed", `the signature of key ${key} does not hold for these event bytes`);
    },
    () => `${countWords(entry.signatures.length, "signature")} over the very bytes of the event, by ${entry.signatures.map(({ key }) => keyWords(key)).join(", ")}.`,
  );
}

/** Compares what was brought beside entries with them: events that their authors kept, and what stands behind sealed
    fields. Each belongs to one entry at least. Returns those for which there is no entry. */
function addBesideRows(records, items) {
  const entries = records.filter(({ entry }) => entry);
  const beside = items.filter(({ kind }) => kind === "event" || kind === "disclosure");
  if (entries.length === 0) return beside.map(({ name }) => `${name}, for which there is no receipt or entry to compare it with`);
  for (const item of beside) {
    const [name, holds, fails] = BESIDE_WORDS[item.kind];
    const same = entries.filter(({ entry }) => belongsTo(item, entry));
    for (const { rows } of same) rows.push(row(name, HOLDS, `${item.name} ${holds}`));
    if (same.length === 0) entries[0].rows.push(row(name, FAILS, `${item.name} ${fails}`));
  }
  return [];
}

const BESIDE_WORDS = {
  event: ["The event that you kept", "has the very bytes of this entry's event.", "is another event than that of any entry here."],
  disclosure: ["The sealed text", "is what a sealed field of this entry stands for.", "belongs to no sealed field of any entry here."],
};

function belongsTo({ kind, bytes, digest }, { event }) {
  if (kind === "disclosure") return event.text.includes(`{"sealed":"${digest}"}`);
  return sameBytes(bytes, event.bytes) || sameBytes(bytes, concatenate(event.bytes, Uint8Array.of(0x0a)));
}

async function entryRecord(item, check) {
  return recordOf(item, readEntry, async (entry) => {
    const rows = [
      row("Form", HOLDS, "It is an entry, in the one form that it may have."),
      await authorsRow(entry, check),
      row("In the tree", OPEN, "An entry alone does not show that the ledger has it: bring its receipt, or the published log."),
    ];
    return { rows, claim: entryClaim(entry), text: entry.words, entry, heads: [], notChecked: [NOT_CHECKED.rules, NOT_CHECKED.seen] };
  });
}

/** A proof that a checkpoint extends the one that this device kept: what a log asks of its witnesses. */
async function requestRecord(item, trust, check, kept) {
  return recordOf(item, parseRequest, async (request) => {
    const { checkpoint } = request;
    const signed = await signerRow(checkpoint, trust.of(checkpoint.origin), check);
    const known = signed.signer ? kept.find((one) => one.key === signed.signer.text && one.checkpoint.size === request.old) : undefined;
    const name = "It extends what this device saw";
    let proof = row(name, OPEN, `This device has kept no checkpoint of ${request.old} entries of this log to compare with.`);
    if (known !== undefined) {
      const status = await judgeRequest(request, [signed.signer], known.checkpoint, check);
      proof = status === 200
        ? row(name, HOLDS, `The tree of ${checkpoint.size} entries begins with the ${request.old} that this device saw on ${momentWords(known.since)}.`)
        : row(name, FAILS, `The proof does not lead from the ${request.old} entries that this device saw to these ${checkpoint.size}. It may prove that the log misbehaved: keep it.`);
    }
    const rows = [row("Form", HOLDS, "It is a request to witnesses, in the one form that it may have."), signed, proof];
    const proves = proof.state === HOLDS ? [{ from: known, to: checkpoint }] : [];
    const says = `The log ${checkpoint.origin}, of ${countWords(checkpoint.size, "entry", "entries")} now, extends what this device saw.`;
    return { rows, says, claim: checkpointClaim(checkpoint), heads: headsOf(checkpoint, signed), proves, notChecked: [NOT_CHECKED.rules] };
  });
}
