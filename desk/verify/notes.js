// Verifier keys and signed notes (C2SP signed-note, spec/checkpoint.md).

const NOTE_MAX = 1000000;
const NOTE_SIGNATURES_MAX = 100;
const DASH = "\u2014 ";

/** What keys of verifier keys sign: the log's checkpoints, a witness's cosignatures. */
const LOG_ALGORITHM = 1;
const WITNESS_ALGORITHM = 4;

/** The key under this name: with the id that stands in its signatures, and as one line of text. */
function verifierKey(name, algorithm, key) {
  const material = concatenate(Uint8Array.of(algorithm), key);
  const id = encodeHex(sha256(concatenate(encodeUtf8(`${name}\n`), material)).subarray(0, 4));
  return { name, algorithm, key, id, text: `${name}+${id}+${encodeBase64(material)}` };
}

/** Reads a verifier key: name+id+key. */
function parseVerifierKey(text) {
  const refuse = () => quoting("vkey", text, "a verifier key: name+<key id, 8 hexadecimal digits>+<algorithm and key, base64>");
  const [name, rest] = splitOnce(text, "+") ?? [];
  const [id, material] = splitOnce(rest ?? "", "+") ?? [];
  if (material === undefined) throw refuse();
  const [algorithm, ...key] = readWithin("vkey: ", () => parseBase64("key", material, 33));
  if (algorithm !== LOG_ALGORITHM && algorithm !== WITNESS_ALGORITHM) {
    throw new Malformed("vkey: algorithm", `0x${encodeHex([algorithm])}`, "0x01 (Ed25519) or 0x04 (cosignature/v1)");
  }
  return readWithin("vkey: ", () => {
    const made = verifierKey(parseKeyName(name), algorithm, Uint8Array.from(key));
    checkKey(made.key);
    parseHex("key id", id, 4);
    checkForm(made.id === id, "key id", id, made.id);
    return made;
  });
}

/** Reads a note: its text, and who is said to have signed it. Nothing is verified. */
function parseNote(bytes) {
  if (bytes.length > NOTE_MAX) throw new Malformed("note", `${bytes.length} bytes`, `at most ${NOTE_MAX} bytes`);
  const refuse = (found) => new Malformed("note", found, "a text, an empty line, signature lines");
  const note = decodeUtf8(bytes);
  if (note === null) throw refuse("bytes that are not UTF-8");
  // The text may have empty lines: the last one ends it.
  const end = note.lastIndexOf("\n\n");
  if (end < 0) throw refuse("no empty line");
  const text = note.slice(0, end + 1);
  const signatures = parseNoteLines(note.slice(end + 2));
  const needed = "lines of text, each ended by a line feed, without other control characters";
  if (/[\u0000-\u0009\u000b-\u001f]/.test(text)) throw quoting("text", text, needed);
  if (signatures.length === 0) throw new Malformed("signatures", "0 of them", "1 to 100 signatures");
  return { bytes, text, signatures };
}

function parseNoteLines(lines) {
  if (lines === "") return [];
  const needed = "lines of an em dash, a name and a base64 signature, each ended by a line feed";
  if (!lines.endsWith("\n")) throw new Malformed("signatures", "no end", needed);
  const each = lines.slice(0, -1).split("\n");
  if (each.length > NOTE_SIGNATURES_MAX) throw new Malformed("signatures", "more lines", "at most 100 lines");
  return each.map(parseNoteLine);
}

function parseNoteLine(line) {
  const refuse = () => quoting("signature", line, "an em dash, a name, a base64 signature");
  const [name, base64] = splitOnce(afterPrefix(line, DASH) ?? "", " ") ?? [];
  const bytes = decodeBase64(base64 ?? "");
  if (bytes === null || bytes.length < 5) throw refuse();
  retold(() => parseKeyName(name), refuse);
  return { line, name, id: encodeHex(bytes.subarray(0, 4)), bytes: bytes.subarray(4) };
}

/** Whether a line says that it is by this key: by name and id, of which one alone says nothing. */
function isLineBy(line, key) {
  return line.name === key.name && line.id === key.id;
}
