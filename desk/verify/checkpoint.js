// What a log says about itself, and what witnesses sign beneath it (spec/checkpoint.md, spec/witness.md).

/** Why a checkpoint is not trusted: `unsigned`, `signature`, `cosignature`, `empty` or `quorum`. */
class TrustRefusal extends Error {
  constructor(reason, says) {
    super(says);
    Object.assign(this, { name: "TrustRefusal", reason });
  }
}

/** Reads a checkpoint with its signatures. Nothing is verified. */
function parseCheckpoint(bytes) {
  const note = parseNote(bytes);
  const lines = note.text.split("\n");
  // What is behind the last line feed is no line; a text always has one.
  lines.pop();
  const [origin = "", size = "", root = "", extension] = lines;
  const head = { origin: parseOrigin("origin", origin), size: parseNumber("size", size), root: parseTreeHash("root", root) };
  if (extension !== undefined) throw quoting("extension", extension, "three lines");
  return { note, ...head };
}

/** Which of these keys signed the checkpoint as its log: the first whose lines hold. Keys of other names, and of
    witnesses, are left alone. */
async function logSigner(checkpoint, keys, check) {
  let by = null;
  for (const key of keys.filter((key) => key.algorithm === LOG_ALGORITHM && key.name === checkpoint.origin)) {
    for (const line of checkpoint.note.signatures.filter((line) => isLineBy(line, key))) {
      if (!(await check.holds(key.key, encodeUtf8(checkpoint.note.text), line.bytes))) {
        throw new TrustRefusal("signature", `the signature of "${line.name}" (${line.id}) does not hold`);
      }
      by ??= key;
    }
  }
  if (by === null) {
    throw new TrustRefusal("unsigned", `not signed by a known key of the log "${checkpoint.origin}"`);
  }
  return by;
}

/** The cosignatures of these witnesses, each witness's latest. */
async function cosignatures(checkpoint, witnesses, check) {
  const cosigned = [];
  for (const key of witnesses.filter((key) => key.algorithm === WITNESS_ALGORITHM)) {
    const lines = checkpoint.note.signatures.filter((line) => isLineBy(line, key));
    const times = await Promise.all(lines.map((line) => cosignedAt(checkpoint.note.text, key, line, check)));
    if (times.includes(null)) {
      throw new TrustRefusal("cosignature", `the cosignature of "${key.name}" (${key.id}) does not hold`);
    }
    if (times.length > 0) cosigned.push({ witness: key, time: times.sort().at(-1) });
  }
  return cosigned;
}

/** When the witness signed, by its own clock; nothing where the line does not hold. */
async function cosignedAt(text, key, line, check) {
  if (line.bytes.length !== 72) return null;
  const seconds = new DataView(line.bytes.buffer, line.bytes.byteOffset).getBigUint64(0);
  if (seconds === 0n || seconds > SECONDS_LAST) return null;
  const message = encodeUtf8(`cosignature/v1\ntime ${seconds}\n${text}`);
  return (await check.holds(key.key, message, line.bytes.subarray(8))) ? momentOfSeconds(seconds) : null;
}
