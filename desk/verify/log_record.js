// The record of a published log: what its audit found, level by level.

/** The levels, each with its name on the page and what it says where it holds. */
const LEVELS = [
  ["form", "Form", "Every entry can be read, in the one form that it may have."],
  ["chain", "Chain", "Every entry holds the hash of the one before it."],
  ["tree", "Tree", "The entries lead to the root that the checkpoint names, and the files hold the hashes of that tree."],
  ["log", "The log's signature", ""],
  ["signatures", "The authors' signatures", ""],
  ["witnesses", "Witnesses", ""],
  ["seen", "What authors had seen", "What each author said to have seen stands in this book."],
];

/** Levels that are asked entry by entry, up to the first that fails. */
const BY_ENTRY = ["form", "chain", "signatures", "seen"];

async function logRecord(item, trust, check, wanted, progress) {
  try {
    const published = await publishedOf(item);
    const origin = await originOf(published);
    const audit = new Audit(published, trust.of(origin), wanted, check, progress);
    await audit.run();
    return { kind: "log", name: item.name, audit, ...(await auditRecord(audit, trust.of(origin))) };
  } catch (error) {
    if (error instanceof Malformed) return malformedRecord(item, error);
    throw error;
  }
}

/** The name that the checkpoint gives the log; nothing where it is none. */
async function originOf(published) {
  try {
    return parseCheckpoint((await published.read("checkpoint")) ?? new Uint8Array(0)).origin;
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}

async function auditRecord(audit, trust) {
  const { checkpoint, chain } = audit;
  const rows = [];
  for (const [level, name, holds] of LEVELS) rows.push(await levelRow(audit, trust, level, name, holds));
  const claim = checkpoint === null ? [] : checkpointClaim(checkpoint);
  if (chain.opening !== null) {
    const isPlayed = chain.opening.purpose === "re-enactment";
    claim.push(["Purpose", isPlayed ? "re-enactment: an example that plays the past again" : "live: acts as they are made"]);
    claim.push(["Last recorded", `${momentWords(chain.recorded)} (${chain.recorded})`], ["Head of the chain", chain.head]);
  }
  const isUnasked = trust.witnesses.length === 0;
  const notChecked = [NOT_CHECKED.rules, ...(isUnasked ? [NOT_CHECKED.witnesses] : []), NOT_CHECKED.key, NOT_CHECKED.sealed, NOT_CHECKED.clock];
  const isWhole = outcomeOf(rows) !== FAILS && checkpoint !== null && audit.signer !== null;
  const heads = isWhole ? headsOf(checkpoint, { signer: audit.signer, isBrought: audit.isBrought }) : [];
  const says = `The book ${checkpoint?.origin} is whole: each of its ${countWords(chain.size, "entry", "entries")} is signed by its authors and follows from the one before, and together they are what its log has signed.`;
  return { rows, says, claim, heads, notes: audit.notes, notChecked, entries: chain.size, signatures: audit.signatures };
}

async function levelRow(audit, trust, level, name, holds) {
  const faults = audit.faults.filter((one) => one.level === level);
  if (faults.length > 0) {
    const told = faults.slice(0, 5).map(faultWords).join("\n");
    const more = faults.length > 5 ? `\nand ${faults.length - 5} more` : "";
    return { ...row(name, FAILS, told + more), positions: faults.map(({ position }) => position) };
  }
  if (audit.isOver && BY_ENTRY.includes(level)) {
    return row(name, OPEN, `Asked up to entry ${audit.chain.size - 1} only: what comes after an entry that fails is not asked.`);
  }
  if (level === "log") return logRow(audit, trust);
  if (level === "witnesses") return auditWitnessRow(audit, trust);
  if (level === "signatures") return row(name, HOLDS, `${countWords(audit.signatures, "signature")} beneath ${countWords(audit.chain.size, "entry", "entries")}, each over the very bytes of its event.`);
  return row(name, HOLDS, holds);
}

function faultWords({ position, file, what }) {
  const where = [position === null ? null : `Entry ${position}`, file].filter((part) => part !== null);
  return where.length === 0 ? what : `${where.join(", ")}: ${what}`;
}

function logRow(audit, trust) {
  const name = "The log's signature";
  const { signer, followed, isBrought } = audit;
  if (signer === null) return row(name, OPEN, "Which key is the log's could not be found out: bring it.");
  if (!isBrought) {
    const seen = trust.seen.find(({ key }) => key.text === signer.text);
    const since = seen ? ` This device saw that key on ${momentWords(seen.since)}.` : "";
    return row(name, OPEN, `Signed by ${signer.text}, the key that the book itself names.${since} Anybody could write a book that names a key: bring the verifier key from somewhere else.`);
  }
  if (followed) {
    return row(name, HOLDS, `Signed by ${signer.text}. The key that you brought, ${followed.brought.text}, vouches for the first ${followed.size} entries and, under its own signature, handed over to ${followed.next.text}. What comes after rests on the word of registrars in the book, which is not replayed here: bring the newest key.`);
  }
  return row(name, HOLDS, `Size and root are signed by ${signer.text}, which you brought.`);
}

async function auditWitnessRow(audit, trust) {
  const { checkpoint, cosigned } = audit;
  if (checkpoint === null || cosigned === null) return row("Witnesses", UNASKED, "Not asked, since the checkpoint is not known to be the log's.");
  const told = await witnessRow(checkpoint, trust, audit.check);
  // For a whole book a policy that is not met is a failure, as it is for the program for auditors.
  return told.reason === "quorum" ? { ...told, state: FAILS } : told;
}
