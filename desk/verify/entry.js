// The entry: one line of the book, as text that a person can read (spec/entry.md).

const ENTRY_MAX = 65535;
const SIGNATURES_MAX = 16;
const ENTRY_MAGIC = "minutebook.entry/v1";

/** Reads an entry; there is one way only to write each. */
function parseEntry(bytes) {
  if (bytes.length > ENTRY_MAX) {
    throw new Malformed("entry", `${bytes.length} bytes`, `at most ${ENTRY_MAX} bytes`);
  }
  const { header, eventBytes } = splitEntry(bytes);
  const lines = header.split("\n");
  const first = lines.shift();
  checkForm(first === ENTRY_MAGIC, "entry", first, `the line ${ENTRY_MAGIC}`);
  const after = (name) => {
    const line = lines.shift() ?? "";
    const rest = afterPrefix(line, `${name} `);
    if (rest === null) throw quoting(name, line, `a line that starts with "${name} "`);
    return rest;
  };
  const position = parseNumber("position", after("position"));
  const previous = parseHash("previous", after("previous"));
  const { subject, streamNumber } = parseStream(after("stream"));
  const recorded = parseRecorded("recorded", after("recorded"));
  const signatures = lines.map(parseSignedLine);
  checkSorted(signatures);
  const event = readWithin("event: ", () => parseEvent(eventBytes));
  checkForm(event.subject === subject, "stream", subject, `the event's own subject, ${event.subject}`);
  if (signatures.length === 0 || signatures.length > SIGNATURES_MAX) {
    throw new Malformed("signatures", `${signatures.length} of them`, "1 to 16 signatures, each by another key");
  }
  return { position, previous, subject, streamNumber, recorded, signatures, event };
}

/** The header's lines without the last line feed, and the event's bytes. */
function splitEntry(bytes) {
  const needed = "header lines, an empty line, the event on one line, a line feed";
  const refuse = (found) => new Malformed("entry", found, needed);
  let end = bytes.indexOf(0x0a);
  while (end >= 0 && bytes[end + 1] !== 0x0a) end = bytes.indexOf(0x0a, end + 1);
  if (end < 0) throw refuse("no empty line after the header");
  const rest = bytes.subarray(end + 2);
  if (rest.length === 0 || rest[rest.length - 1] !== 0x0a) throw refuse("no line feed at the end");
  const header = decodeUtf8(bytes.subarray(0, end));
  if (header === null) throw refuse("a header that is not UTF-8");
  return { header, eventBytes: rest.subarray(0, rest.length - 1) };
}

function parseStream(line) {
  const parts = splitOnce(line, " ");
  if (parts === null) throw quoting("stream", line, "a subject, a space and a number from 1");
  const subject = parseSubject("stream", parts[0]);
  const streamNumber = parseNumber("stream", parts[1]);
  checkForm(streamNumber > 0n, "stream", parts[1], "a number from 1");
  return { subject, streamNumber };
}

function parseSignedLine(line) {
  const refuse = () => quoting("signed", line, "signed ed25519 <public key, 64 hexadecimal digits> <signature, base64>");
  const parts = splitOnce(afterPrefix(line, "signed ed25519 ") ?? "", " ");
  if (parts === null) throw refuse();
  return retold(() => {
    return { key: parts[0], keyBytes: parseHex("key", parts[0], 32), signature: parseBase64("signature", parts[1], 64) };
  }, refuse);
}

function checkSorted(signatures) {
  for (let i = 1; i < signatures.length; i += 1) {
    if (signatures[i - 1].key >= signatures[i].key) {
      throw new Malformed("signed", `key ${signatures[i].key} after it`, "lines sorted by key, none twice");
    }
  }
}

/** The first key whose signature does not hold for the entry's event; nothing where all do. */
async function falseSignature(entry, check) {
  const message = authenticated(entry.event.bytes);
  const holds = entry.signatures.map(({ keyBytes, signature }) => check.holds(keyBytes, message, signature));
  const at = (await Promise.all(holds)).indexOf(false);
  return at < 0 ? null : entry.signatures[at].key;
}
