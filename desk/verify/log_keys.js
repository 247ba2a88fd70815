// Which key signs a log's checkpoints (spec/published-log.md, rotation).

const LOG_KEYS_MAX = 1000;

/** A log's keys in the order in which they held, each with the position from which on. */
function checkLogKeys(keys) {
  const refuse = (found, needed) => new Malformed("vkey", found, needed);
  if (keys.length === 0) throw refuse("no key", "at least one");
  const [first] = keys;
  if (first.from !== 0n) throw refuse("a first key from later on", "one from position 0 on");
  if (keys.length > LOG_KEYS_MAX) throw refuse("more keys", "at most 1000");
  if (keys.some(({ from }, at) => at > 0 && keys[at - 1].from >= from)) {
    throw refuse("keys in another order", "each from a later position than the one before");
  }
  if (keys.some(({ key }) => key.algorithm !== LOG_ALGORITHM || key.name !== first.key.name)) {
    throw refuse("another's key", "keys of one log (0x01), under one name");
  }
  if (new Set(keys.map(({ key }) => key.text)).size !== keys.length) {
    throw refuse("a key twice", "each key once: what was given up stays so");
  }
  return keys;
}

/** Reads the file `vkey` of a published log. */
function parseLogKeys(bytes) {
  const refuse = (found) => new Malformed("vkey", found, "verifier keys on lines, each with its end");
  const text = decodeUtf8(bytes);
  if (text === null) throw refuse("bytes that are not UTF-8");
  if (!text.endsWith("\n")) throw refuse("no line feed at the end");
  const lines = text.slice(0, -1);
  if (!/[\n ]/.test(lines)) return checkLogKeys([{ from: 0n, key: parseVerifierKey(lines) }]);
  const keys = lines.split("\n").slice(0, LOG_KEYS_MAX + 1).map((line) => {
    const [from, key] = splitOnce(line, " ") ?? [];
    if (key === undefined) throw quoting("vkey", line, "the position from which it held, a space, a verifier key");
    return { from: parseNumber("vkey", from), key: parseVerifierKey(key) };
  });
  checkLogKeys(keys);
  if (keys.length === 1) throw refuse("a position beside the only key");
  return keys;
}

/** The key that signs a checkpoint of this size. */
function logKeyAt(keys, size) {
  const last = size > 0n ? size - 1n : 0n;
  return keys.findLast(({ from }) => from <= last).key;
}

/** Checks a checkpoint as the one at which one of these keys hands over to the next: signed by the new key, and
    by the old unless that was revoked before. Returns whether the old key has signed it; nothing where no key
    begins there. */
async function checkHandOver(keys, checkpoint, check) {
  const at = keys.findIndex(({ from }) => checkpoint.size > 0n && from === checkpoint.size - 1n);
  if (at < 1) return null;
  await logSigner(checkpoint, [keys[at].key], check);
  try {
    await logSigner(checkpoint, [keys[at - 1].key], check);
    return true;
  } catch (error) {
    if (error instanceof TrustRefusal && error.reason === "unsigned") return false;
    throw error;
  }
}

/** The keys that the entries of a book name for its log, as far as this page reads them: that of the opening, and
    each that an entry enrols for the log. Whether registrars were entitled to is not asked here; what counts is the
    note at which the old key hands over. */
class NamedLogKeys {
  constructor() {
    Object.assign(this, { keys: [], revoked: new Map() });
  }

  take(entry, opening) {
    const { type, subject, data } = entry.event;
    if (entry.position === 0n) this.add(0n, opening.origin, opening.checkpoint_key);
    const hex = afterPrefix(subject, "key/");
    if (hex === null || !/^[0-9a-f]{64}$/.test(hex)) return;
    if (type.name === "KeyEnrolled" && data.get("facts") instanceof Map && data.get("facts").get("use") === "log") {
      this.add(entry.position, opening.origin, parseHex("key", hex, 32));
    }
    if (type.name === "KeyRevoked" && !this.revoked.has(hex)) this.revoked.set(hex, entry.position);
  }

  add(from, name, bytes) {
    this.keys.push({ from, key: verifierKey(name, LOG_ALGORITHM, bytes) });
  }

  /** Where the key before this one was revoked, if that was before this one came. */
  waived(at) {
    const revoked = this.revoked.get(encodeHex(this.keys[at - 1].key.key));
    return revoked !== undefined && revoked < this.keys[at].from ? revoked : null;
  }
}
