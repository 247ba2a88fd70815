// Files that carry proofs: receipts (C2SP tlog-proof, spec/receipt.md), and what a log asks of witnesses
// (spec/witness.md), which is the one file that shows that a checkpoint extends an earlier one.

const RECEIPT_MAGIC = "c2sp.org/tlog-proof@v1";
const RECEIPT_MAX = Math.ceil(ENTRY_MAX / 3) * 4 + 64 * 45 + NOTE_MAX + 100;

/** Reads a receipt. Nothing is verified. */
function parseReceipt(bytes) {
  const refuse = (found) => new Malformed("receipt", found, "a tlog-proof with the entry in extra");
  if (bytes.length > RECEIPT_MAX) throw refuse(`${bytes.length} bytes`);
  const text = decodeUtf8(bytes);
  if (text === null) throw refuse("bytes that are not UTF-8");
  const [head, checkpoint] = splitOnce(text, "\n\n") ?? [];
  if (checkpoint === undefined) throw refuse("no empty line");
  const lines = head.split("\n");
  if (lines.shift() !== RECEIPT_MAGIC) throw refuse("another first line");
  const extra = lines.shift() ?? "";
  const entry = decodeBase64(afterPrefix(extra, "extra ") ?? "!");
  if (entry === null || entry.length > ENTRY_MAX) {
    throw quoting("extra", extra, `extra, a space and an entry of at most ${ENTRY_MAX} bytes as padded base64`);
  }
  const index = lines.shift() ?? "";
  const position = afterPrefix(index, "index ");
  if (position === null) throw quoting("index", index, "index, a space and a position");
  return {
    entry,
    position: parseNumber("index", position),
    proof: parseProofLines(lines, 64),
    checkpoint: readWithin("checkpoint: ", () => parseCheckpoint(encodeUtf8(checkpoint))),
  };
}

function parseProofLines(lines, most) {
  if (lines.length > most) {
    lines.slice(0, most).forEach((line) => parseTreeHash("proof", line));
    throw new Malformed("proof", "another line", `at most ${most} hashes`);
  }
  return lines.map((line) => parseTreeHash("proof", line));
}

/** Reads a log's request to a witness: from which size on it proves, and the checkpoint. */
function parseRequest(bytes) {
  const refuse = (found) => new Malformed("request", found, "old, proof lines, an empty line, a checkpoint");
  const text = decodeUtf8(bytes);
  if (text === null) throw refuse("bytes that are not UTF-8");
  const [head, checkpoint] = splitOnce(text, "\n\n") ?? [];
  if (checkpoint === undefined) throw refuse("no empty line");
  const lines = head.split("\n");
  const first = lines.shift();
  const old = afterPrefix(first, "old ");
  if (old === null) throw quoting("old", first, "old and a size");
  return {
    old: parseNumber("old", old),
    proof: parseProofLines(lines, 63),
    checkpoint: readWithin("checkpoint: ", () => parseCheckpoint(encodeUtf8(checkpoint))),
  };
}

/** What a witness that knows these keys, and cosigned `latest` last, answers: the status of spec/witness.md.
    A reader's browser asks the same of what it has seen. */
async function judgeRequest(request, keys, latest, check) {
  const { checkpoint, old, proof } = request;
  if (!keys.some((key) => key.name === checkpoint.origin)) return 404;
  try {
    await logSigner(checkpoint, keys, check);
  } catch (error) {
    if (error instanceof TrustRefusal) return 403;
    throw error;
  }
  if (old > checkpoint.size) return 400;
  if (old !== (latest?.size ?? 0n)) return 409;
  if (latest === null) {
    const isEmpty = checkpoint.size === 0n && !sameBytes(checkpoint.root, sha256(new Uint8Array(0)));
    return proof.length > 0 || isEmpty ? 422 : 200;
  }
  try {
    checkConsistency(latest, checkpoint, proof);
    return 200;
  } catch (error) {
    if (error instanceof ProofRefusal) return 422;
    throw error;
  }
}
