// The checks by name, as rows of the report: what was asked, whether it holds, and what was compared.

/** The states of a check: it holds, it fails, it could not be settled with what was brought, or nobody asked. */
const [HOLDS, FAILS, OPEN, UNASKED] = ["holds", "fails", "open", "not asked"];

function row(name, state, what) {
  return { name, state, what };
}

/** Runs one check, whose refusal is what fails; `tell` says what holds, and may give a whole row instead. */
async function checkRow(name, run, tell) {
  try {
    const told = tell(await run());
    return typeof told === "string" ? row(name, HOLDS, told) : told;
  } catch (error) {
    const isRefusal = [Malformed, ChainRefusal, TrustRefusal, ProofRefusal].some((kind) => error instanceof kind);
    if (!isRefusal) throw error;
    return { ...row(name, FAILS, error.message), reason: error.reason ?? error.at };
  }
}

/** What rows come to together: one that fails fails the whole, and one that is open leaves it open. */
function outcomeOf(rows) {
  const has = (state) => rows.some((row) => row.state === state);
  if (has(FAILS)) return FAILS;
  return has(OPEN) ? OPEN : HOLDS;
}

/** 2020-04-01T13:05:01.949700Z as people say it. */
function momentWords(recorded) {
  const months = "January February March April May June July August September October November December".split(" ");
  const [year, month, day] = recorded.slice(0, 10).split("-");
  return `${Number(day)} ${months[Number(month) - 1]} ${year}, ${recorded.slice(11, 19)} UTC`;
}

/** A number of things, with commas. */
function countWords(count, one, many = `${one}s`) {
  const digits = String(count).replace(/\B(?=(?:[0-9]{3})+$)/g, ",");
  return `${digits} ${String(count) === "1" ? one : many}`;
}

/** A key shortened to what people compare first. */
function keyWords(hex) {
  return `${hex.slice(0, 4)} ${hex.slice(4, 8)} ${hex.slice(8, 12)} ${hex.slice(12, 16)}…`;
}

/** Whose word a checkpoint is: the log's, for a reader with this trust. The row says also by which key, if any. */
async function signerRow(checkpoint, trust, check) {
  const name = "The log's signature";
  if (checkpoint.size === 0n) {
    return { ...row(name, FAILS, "The checkpoint is of size 0, and vouches for nothing."), reason: "empty" };
  }
  const own = trust.keys.filter(({ key }) => key.name === checkpoint.origin);
  if (own.length === 0 && trust.keys.length > 0) {
    const what = `The key that you brought is that of ${trust.keys[0].key.name}; the checkpoint is of ${checkpoint.origin}.`;
    return { ...row(name, FAILS, what), reason: "unsigned" };
  }
  if (own.length > 0) {
    const run = () => logSigner(checkpoint, own.map(({ key }) => key), check);
    return checkRow(name, run, (signer) => {
      const { from, since } = own.find(({ key }) => key === signer);
      const whose = from === "device" ? `which you brought to this device on ${momentWords(since)}` : "which you brought";
      return { ...row(name, HOLDS, `Size and root are signed by ${signer.text}, ${whose}.`), signer, isBrought: true };
    });
  }
  const bring = "Bring the verifier key from somewhere else than this file: from the registrars, or where it was announced.";
  for (const { key, since } of trust.seen) {
    if (!(await isSignedByAny(checkpoint, [key], check))) continue;
    const what = `Signed by ${key.text}, which this device saw on ${momentWords(since)} and nobody brought. ${bring}`;
    return { ...row(name, OPEN, what), signer: key, isBrought: false };
  }
  return row(name, OPEN, `Nobody has told this page which key is that of ${checkpoint.origin}. ${bring}`);
}

/** Who else has signed a checkpoint, and whether they are enough. */
async function witnessRow(checkpoint, trust, check) {
  const name = "Witnesses";
  if (trust.witnesses.length === 0) {
    const lines = checkpoint.note.signatures.filter((line) => line.name !== checkpoint.origin).length;
    const others = lines === 0 ? "Nobody else has signed." : `There ${lines === 1 ? "is 1 line" : `are ${lines} lines`} by others, whom nobody here knows.`;
    return row(name, UNASKED, `${others} To ask who has seen the same, bring a policy.`);
  }
  return checkRow(name, () => cosignatures(checkpoint, trust.witnesses, check), (cosigned) => {
    const told = cosigned.map(({ witness, time }) => `${witness.name} at ${momentWords(time)}`).join("; ");
    const by = cosigned.length === 0 ? "None of the witnesses that you know has signed" : `Signed by ${told}`;
    if (trust.policy.isMetBy(cosigned.map(({ witness }) => witness))) {
      return trust.isAsked ? `${by}: as many as your policy asks for.` : `${by}.`;
    }
    return { ...row(name, OPEN, `${by}: not yet witnessed, since that is no quorum of your policy.`), reason: "quorum" };
  });
}
