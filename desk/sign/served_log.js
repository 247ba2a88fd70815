// The published log of the server that a page comes from, as far as an author needs it. Nothing of it is believed: what was seen
// has to stand in the tree that the log signed, and that tree has to extend what this device kept.

class ServedLog {
  /** `read` gives the bytes of a path of the published log. */
  constructor(read, check) {
    Object.assign(this, { read, check, tiles: new Map() });
  }

  /** The newest checkpoint, signed by the key that the log names for it. */
  async newest() {
    this.keys = parseLogKeys(await this.read("vkey"));
    this.checkpoint = parseCheckpoint(await this.read("checkpoint"));
    const named = logKeyAt(this.keys, this.checkpoint.size);
    this.signer = await logSigner(this.checkpoint, [named], this.check);
    return this.checkpoint;
  }

  get size() {
    return Number(this.checkpoint.size);
  }

  /** The hash over the leaves from `first`, `2^level` of them, which is a node of the tree. */
  async node(level, first) {
    const row = Math.floor(level / 8);
    const width = 2 ** (level % 8);
    const at = first / 2 ** (8 * row);
    const path = tilePath(row, at, Math.floor(this.size / 2 ** (8 * row)));
    const tile = await this.tile(path);
    const hashes = tile.slice(at % TILE_WIDTH, (at % TILE_WIDTH) + width);
    if (hashes.length < width) throw new Malformed(path, `${tile.length} hashes`, "as many as the tree has there");
    let nodes = hashes;
    while (nodes.length > 1) nodes = nodes.filter((_, i) => i % 2 === 0).map((left, i) => nodeHash(left, nodes[2 * i + 1]));
    return nodes[0];
  }

  tile(path) {
    if (!this.tiles.has(path)) {
      const { width } = parsePublishedPath(path);
      this.tiles.set(path, this.read(path).then((bytes) => parseHashTile(width, bytes)));
    }
    return this.tiles.get(path);
  }

  /** The hash over leaves `from` to `to`, which need not be a node (RFC 6962, MTH). */
  async range(from, to) {
    const split = splitOf(to - from);
    if (split === to - from) return this.node(Math.log2(split), from);
    return nodeHash(await this.range(from, from + split), await this.range(from + split, to));
  }

  /** The proof that leaf `at` is in the tree (RFC 6962, PATH), from the leaf up. */
  async inclusion(at, from = 0, to = this.size) {
    if (to - from === 1) return [];
    const split = from + splitBelow(to - from);
    if (at < split) return [...(await this.inclusion(at, from, split)), await this.range(split, to)];
    return [...(await this.inclusion(at, split, to)), await this.range(from, split)];
  }

  /** The proof that the tree begins with that of `size` leaves (RFC 6962, SUBPROOF). */
  async consistency(size, from = 0, to = this.size, isWhole = true) {
    if (size > to) throw new ProofRefusal("shrunk", `the log has ${to} entries, and ${size} were seen of it: entries are missing. Keep the draft, and ask`);
    if (size === to) return isWhole ? [] : [await this.range(from, to)];
    const split = from + splitBelow(to - from);
    if (size <= split) return [...(await this.consistency(size, from, split, isWhole)), await this.range(split, to)];
    return [...(await this.consistency(size, split, to, false)), await this.range(from, split)];
  }

  /** The bytes of an entry, which the tree has at that place. */
  async entry(at) {
    const path = tilePath("entries", at, this.size);
    const { width } = parsePublishedPath(path);
    const bytes = parseBundle(width, await this.read(path))[at % TILE_WIDTH];
    checkInclusion(bytes, BigInt(at), this.checkpoint, await this.inclusion(at));
    return bytes;
  }
}

/** The largest power of two that is at most `count`. */
function splitOf(count) {
  return 2 ** Math.floor(Math.log2(count));
}

/** The largest power of two below `count`. */
function splitBelow(count) {
  const split = splitOf(count);
  return split === count ? split / 2 : split;
}

/** Holds what the author of these drafts saw against the server's log, and that log against what this device kept. Returns a row for
    each check, the newest checkpoint's key, and what to keep from now on. */
async function checkAgainstLog(log, drafts, kept, now) {
  const newest = await checkRow("The server's log", () => log.newest(), ({ size }) => `${countWords(size, "entry", "entries")}, signed by its key ${log.signer.text}.`);
  if (newest.state !== HOLDS) return { rows: [newest], keep: null };
  const { origin } = log.checkpoint;
  const rows = [newest, ...(await keptRows(log, kept.filter((one) => one.origin === origin)))];
  let opening = null;
  const first = await checkRow("Its first entry", () => log.entry(0), (bytes) => {
    opening = encodeHex(blake3(bytes));
    return `It opens with ${opening}.`;
  });
  if (opening === null) return { rows: [...rows, first], keep: null };
  for (const [ledger, source, numbers] of grouped(drafts, ({ event }) => [event.ledger, event.source])) {
    const isThis = ledger === opening && source === origin;
    rows.push(row("Its ledger", isThis ? HOLDS : FAILS, isThis ? `${subjectWords(numbers, drafts)} for this ledger, ${origin}.` : `${subjectWords(numbers, drafts)} for ${source}, and this server has ${origin}${source === origin ? ", another ledger of the same name" : ""}.`));
  }
  for (const [position, hash, numbers] of grouped(drafts, ({ event }) => [event.seen?.position, event.seen?.hash])) {
    rows.push(await seenRow(log, position, hash, subjectWords(numbers, drafts)));
  }
  if (rows.some(({ state }) => state === FAILS)) return { rows, keep: null };
  const isBrought = kept.some((one) => one.isBrought && one.key === log.signer.text);
  return { rows, keep: { origin, note: decodeUtf8(log.checkpoint.note.bytes), key: log.signer.text, isBrought, since: now } };
}

function subjectWords(numbers, drafts) {
  if (drafts.length === 1) return "It is";
  return numbers.length === drafts.length ? "All events are" : `Event ${numbers.join(", ")} is`;
}

/** What `of` tells of drafts, each once, with the numbers of those of which it is so. */
function grouped(drafts, of) {
  const groups = new Map();
  for (const [at, draft] of drafts.entries()) {
    const values = of(draft);
    const name = values.join(" ");
    if (!groups.has(name)) groups.set(name, [...values, []]);
    groups.get(name).at(-1).push(at + 1);
  }
  return [...groups.values()];
}

async function seenRow(log, position, hash, subject) {
  const name = "What its author saw";
  if (position === undefined || position >= log.checkpoint.size) {
    return row(name, FAILS, `${subject} bound to entry ${position ?? "(none)"}, which this server does not have. It may be the proof of a fork, or of entries cut off: keep the draft, and ask.`);
  }
  return checkRow(name, () => log.entry(Number(position)), (bytes) => {
    const found = encodeHex(blake3(bytes));
    if (found === hash) return `${subject} bound to entry ${position}, which stands in this log with that very hash.`;
    return row(name, FAILS, `${subject} bound to entry ${position} with the hash ${hash}, and this server has ${found} there. It may be the proof of a fork: keep the draft, and ask.`);
  });
}

/** Whether the log extends each checkpoint that this device kept of it. */
async function keptRows(log, kept) {
  const name = "On this device";
  if (kept.length === 0) return [row(name, UNASKED, "This device saw nothing of this log before, so that it can compare nothing. It keeps what it sees now.")];
  const rows = [];
  for (const one of kept) {
    const before = parseCheckpoint(encodeUtf8(one.note));
    if (one.key !== log.signer.text && !log.keys.some(({ key }) => key.text === one.key)) {
      rows.push(row(name, FAILS, `This device knows a log of this name by another key, ${one.key}, seen on ${momentWords(one.since)}. Ask the registrars before you sign.`));
      continue;
    }
    rows.push(await checkRow(name, () => checkExtends(log, before), () => `It extends what this device saw on ${momentWords(one.since)}, ${countWords(before.size, "entry", "entries")}.`));
  }
  return rows;
}

async function checkExtends(log, before) {
  checkConsistency(before, log.checkpoint, await log.consistency(Number(before.size)));
}
