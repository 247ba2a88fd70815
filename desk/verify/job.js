// One job from beginning to end: what was brought, checked, compared and told. All of it is plain data, so that it can
// go from a worker to the page.

const READERS = {
  receipt: (item, job) => receiptRecord(item, job.trust, job.check),
  checkpoint: (item, job) => checkpointRecord(item, job.trust, job.check),
  entry: (item, job) => entryRecord(item, job.check),
  request: (item, job) => requestRecord(item, job.trust, job.check, job.kept),
  log: (item, job) => logRecord(item, job.trust, job.check, job.wanted, job.progress),
};

/** Checks files, each with a path and a blob, for a reader who typed these keys and whose device kept those
    checkpoints. `tell` hears how far it is. */
async function runJob({ files, typed, kept, now }, tell) {
  const begun = Date.now();
  const items = await sortMaterial(files);
  const { trust, problems } = gatherTrust(items, typed);
  if (problems.length > 0) return { problems };
  const readable = items.filter(({ kind }) => kind in READERS);
  if (readable.length === 0) return { problems: [nothingToCheck(items)] };
  const mine = readKept(kept);
  trust.addKept(mine);
  const job = { trust, kept: mine, check: await SignatureCheck.begin(), wanted: wantedSizes(items, mine) };
  job.progress = (read, of) => tell({ read, of });
  const records = [];
  for (const item of readable) records.push(await READERS[item.kind](item, job));
  addBookRows(records);
  const unread = items.filter(({ kind }) => kind === "unknown").map(({ name }) => `${name}, which is no file that this page knows`);
  unread.push(...addBesideRows(records, items));
  const devices = compareWithKept(records, mine, now);
  return reportOf({ records, devices, items, unread, job, now, millis: Date.now() - begun });
}

/** Whom the reader trusts, from what was typed and from the files; and what of it can't be read. */
function gatherTrust(items, typed) {
  const [trust, problems] = [new Trust(), []];
  const add = (what, bytes) => {
    try {
      trust.add(bytes);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      problems.push({ field: what === null ? "keys" : "files", says: `${what ?? "What you typed"} is no verifier key and no policy. ${error.message}` });
    }
  };
  if (typed.trim() !== "") add(null, encodeUtf8(`${typed.trim()}\n`));
  items.filter(({ kind }) => kind === "keys" || kind === "policy").forEach(({ name, bytes }) => add(name, bytes));
  return { trust, problems };
}

function nothingToCheck(items) {
  const needed = "Choose a receipt, a checkpoint, an entry, or a published log as a folder or a tar.";
  if (items.length === 0) return { field: "files", says: needed };
  const found = items.map(({ name, kind }) => `${name} (${KIND_WORDS[kind]})`).join(", ");
  return { field: "files", says: `There is nothing to check among ${found}. ${needed}` };
}

/** The sizes at which a book's root will be asked for: those of other files, and what this device kept. */
function wantedSizes(items, kept) {
  const heads = kept.map(({ checkpoint }) => checkpoint);
  for (const { kind, bytes } of items) {
    try {
      if (kind === "checkpoint") heads.push(parseCheckpoint(bytes));
      if (kind === "receipt") heads.push(parseReceipt(bytes).checkpoint);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
    }
  }
  return heads.filter(({ size }) => size <= BigInt(LOG_MAX)).map(({ size }) => Number(size));
}

/** Where a book was brought too: whether the other records' trees are that book's. */
function addBookRows(records) {
  for (const book of records.filter((record) => record.audit?.tree)) {
    const { audit } = book;
    for (const record of records.filter((record) => record.kind !== "log")) {
      for (const { checkpoint } of record.heads.filter(({ checkpoint }) => checkpoint.origin === audit.checkpoint?.origin)) {
        const root = audit.tree.roots.get(Number(checkpoint.size));
        const name = `In the book ${book.name}`;
        if (root === undefined) record.rows.push(row(name, OPEN, `The book has ${audit.tree.frontier.size} entries, and this speaks of ${checkpoint.size}.`));
        else if (sameBytes(root, checkpoint.root)) record.rows.push(row(name, HOLDS, `Its first ${checkpoint.size} entries lead to this root.`));
        else record.rows.push(row(name, FAILS, `Its first ${checkpoint.size} entries lead to the root ${encodeBase64(root)}: two histories. Keep both.`));
      }
    }
  }
}

/** The report: one outcome, one sentence, and all that stands behind it. */
function reportOf({ records, devices, items, unread, job, now, millis }) {
  const told = records.map((record) => ({
    kind: record.kind,
    is: KIND_WORDS[record.kind],
    name: record.name,
    outcome: outcomeOf(record.rows),
    rows: record.rows.map(({ name, state, what }) => ({ name, state, what })),
    claim: record.claim,
    says: record.says ?? "",
    text: record.text ?? null,
    notes: record.notes ?? [],
    notChecked: record.notChecked,
  }));
  const outcome = outcomeOf([...told.map(({ outcome }) => ({ state: outcome })), ...devices.filter(({ state }) => state === FAILS), ...unread.map(() => ({ state: OPEN }))]);
  const entries = records.reduce((sum, record) => sum + (record.entries ?? (record.text ? 1 : 0)), 0);
  const work = `${countWords(entries, "entry", "entries")} and ${countWords(job.check.checked, "signature")} checked in ${(millis / 1000).toFixed(1)} seconds, by ${job.check.by}.`;
  const files = items.map(({ name, kind, size, unit, digest }) => ({ name, is: KIND_WORDS[kind], size: countWords(size, unit.slice(0, -1)), digest: digest ?? null }));
  return { outcome, sentence: OUTCOME_WORDS[outcome](told, devices, unread), work, records: told, devices, files, unread, now };
}

/** The verdict in one sentence: what was found, of what, and what that does not say. */
const OUTCOME_WORDS = {
  holds: (records) => `${records.map(({ says }) => says).join(" ")} Rules and authority were not checked here.`,
  fails: (records, devices) => {
    const told = records.filter(({ outcome }) => outcome === FAILS).map((record) => `the ${record.is} ${record.name} (${namesOf(record, FAILS)})`);
    const forks = devices.filter(({ state }) => state === FAILS).map(({ origin }) => `two histories of ${origin}`);
    return `Do not rely on it. What fails: ${[...told, ...forks].join("; ")}.`;
  },
  open: (records, devices, unread) => {
    const told = records.filter(({ outcome }) => outcome === OPEN).map((record) => `the ${record.is} ${record.name} (${namesOf(record, OPEN)})`);
    const files = unread.map((name) => `the file ${name}`);
    return `Nothing that was checked fails, and it is not yet a verdict. Left open: ${[...told, ...files].join("; ")}.`;
  },
};

function namesOf({ rows }, state) {
  return rows.filter((row) => row.state === state).map(({ name }) => name).join(", ");
}

/** Serves jobs to a page, where this runs in a worker. */
function serveJobs(scope) {
  scope.onmessage = async ({ data }) => {
    let last = 0;
    const tell = (progress) => {
      if (Date.now() - last < 100) return;
      last = Date.now();
      scope.postMessage({ progress });
    };
    try {
      scope.postMessage({ report: await runJob(data, tell) });
    } catch (error) {
      scope.postMessage({ broken: `${error.name}: ${error.message}`, isUnread: error.name === "NotReadableError" });
    }
  };
}
