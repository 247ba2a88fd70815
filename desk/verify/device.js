// What this device saw before of a log: every reader's browser is a witness. Checkpoints are kept until one book shows
// that they are of one history; two that don't fit together are kept for good, as evidence.

/** The most checkpoints that are kept of one log. */
const KEPT_MAX = 8;

/** Reads what the page kept. What can't be read any more is left out. */
function readKept(kept) {
  return kept.flatMap((one) => {
    try {
      parseVerifierKey(one.key);
      return [{ ...one, checkpoint: parseCheckpoint(encodeUtf8(one.note)) }];
    } catch (error) {
      if (error instanceof Malformed) return [];
      throw error;
    }
  });
}

/** Compares the heads of all records with what was kept, and says what to keep from now on. */
function compareWithKept(records, kept, now) {
  const heads = records.flatMap((record) => record.heads.map((head) => ({ ...head, record })));
  const origins = new Set(heads.map(({ checkpoint }) => checkpoint.origin));
  return [...origins].map((origin) => {
    const own = heads.filter(({ checkpoint }) => checkpoint.origin === origin);
    return compareOne(origin, own, kept.filter((one) => one.checkpoint.origin === origin), records, now);
  });
}

function compareOne(origin, heads, kept, records, now) {
  const book = heads.find(({ record }) => record.kind === "log") ?? null;
  const keys = new Set([...heads.map(({ signer }) => signer.text), ...(book?.record.audit.keys.keys ?? []).map(({ key }) => key.text)]);
  const [ours, others] = [kept.filter(({ key }) => keys.has(key)), kept.filter(({ key }) => !keys.has(key))];
  const found = ours.map((one) => ({ one, ...judgeKept(one, book, heads, records) }));
  const told = found.map(({ one, is }) => `${KEPT_WORDS[is](one, newestOf(heads))}`);
  if (ours.length === 0) told.push("Nothing to compare with on this device yet.");
  if (others.length > 0) told.push(`This device also knows a log of this name with another key, ${others[0].key}, seen on ${momentWords(others[0].since)}. Two logs with one name, or a key that was changed: ask the registrars.`);
  const forks = found.filter(({ is }) => is === "differs");
  const state = forks.length > 0 ? FAILS : ours.length > 0 && found.every(({ is }) => is === "same" || is === "extended") ? HOLDS : OPEN;
  const evidence = forks.length > 0 ? evidenceOf(origin, forks) : null;
  return { origin, state, told, evidence, keep: keepFrom(found, heads, others, now) };
}

/** What becomes of a kept checkpoint beside these: it is the `same`, is `extended` by them, `differs`, is `later` than
    the book, or the files don't tell (`untold`). */
function judgeKept(one, book, heads, records) {
  const same = heads.filter(({ checkpoint }) => checkpoint.size === one.checkpoint.size);
  const other = same.find(({ checkpoint }) => !sameBytes(checkpoint.root, one.checkpoint.root));
  if (other !== undefined) return { is: "differs", other: other.checkpoint };
  if (same.length > 0) return { is: "same" };
  const proved = records.flatMap(({ proves }) => proves ?? []).some(({ from }) => from === one || from?.note === one.note);
  if (proved) return { is: "extended" };
  if (book === null) return { is: "untold" };
  const { audit } = book.record;
  if (one.checkpoint.size > book.checkpoint.size) return { is: "later" };
  const root = audit.tree.roots.get(Number(one.checkpoint.size));
  if (root === undefined) return { is: "untold" };
  return sameBytes(root, one.checkpoint.root) ? { is: "extended" } : { is: "differs", other: book.checkpoint };
}

const KEPT_WORDS = {
  same: (one) => `It is the same as this device saw on ${momentWords(one.since)}: ${countWords(one.checkpoint.size, "entry", "entries")}, the same root.`,
  extended: (one, newest) => `It extends what this device saw on ${momentWords(one.since)}: the first ${one.checkpoint.size} of these ${newest.size} entries are the same, every one.`,
  differs: (one) => `It contradicts what this device saw on ${momentWords(one.since)}. There are two histories of this log, each signed by it.`,
  later: (one) => `It is older than what this device saw on ${momentWords(one.since)}, which had ${countWords(one.checkpoint.size, "entry", "entries")}. Entries are missing from this copy, or it was made before.`,
  untold: (one) => `This device saw ${countWords(one.checkpoint.size, "entry", "entries")} on ${momentWords(one.since)}. These files do not tell whether both are of one history: bring the published log.`,
};

function newestOf(heads) {
  return heads.map(({ checkpoint }) => checkpoint).reduce((one, two) => (two.size > one.size ? two : one));
}

/** What is kept from now on: what is not yet shown to be of one history, and the newest of what is. */
function keepFrom(found, heads, others, now) {
  const kept = found.filter(({ is }) => is !== "extended").map(({ one }) => one);
  for (const { checkpoint, signer, isBrought } of heads.filter(({ checkpoint }) => !isBeginning(checkpoint, heads))) {
    const note = decodeUtf8(checkpoint.note.bytes);
    const before = kept.find((one) => one.key === signer.text && one.checkpoint.size === checkpoint.size && sameBytes(one.checkpoint.root, checkpoint.root));
    if (before !== undefined) before.isBrought ||= isBrought;
    else kept.push({ origin: checkpoint.origin, note, key: signer.text, isBrought, since: now, checkpoint });
  }
  const forks = new Set(found.filter(({ is }) => is === "differs").map(({ one }) => one));
  const rest = kept.filter((one) => !forks.has(one)).slice(-KEPT_MAX);
  return [...others, ...forks, ...rest].map(({ origin, note, key, isBrought, since }) => ({ origin, note, key, isBrought, since }));
}

/** Whether a book among these shows that a checkpoint is of its own beginning: its newest then speaks for both. */
function isBeginning(checkpoint, heads) {
  const book = heads.find(({ record }) => record.kind === "log");
  if (book === undefined || checkpoint.size >= book.checkpoint.size) return false;
  const root = book.record.audit.tree.roots.get(Number(checkpoint.size));
  return root !== undefined && sameBytes(root, checkpoint.root);
}

/** Both sides of a fork, as one text for whoever has to be told. */
function evidenceOf(origin, forks) {
  const sides = forks.flatMap(({ one, other }) => [
    `Seen on this device at ${one.since}:\n\n${one.note}`,
    `Seen now:\n\n${decodeUtf8(other.note.bytes)}`,
  ]);
  return [
    `Two histories of the log ${origin}.`,
    "Each checkpoint below is signed by the log, and neither tree extends the other. No honest log signs both.",
    "Keep this file. Show it to the registrars, to the log's witnesses and to an auditor.",
    ...sides,
  ].join("\n\n");
}
