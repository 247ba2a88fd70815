// Bytes and text, each with one encoding only; and what is said of bytes that are wrong.

/** Why bytes are not what a format asks for: where, what stood there, what would have been right. */
class Malformed extends Error {
  constructor(at, found, needed) {
    super(`${at}: found ${found}; needed ${needed}`);
    Object.assign(this, { name: "Malformed", at, found, needed });
  }

  /** The same, seen from one level further out. */
  within(outer) {
    return new Malformed(outer + this.at, this.found, this.needed);
  }

  /** The same, said of another place. */
  moved(at) {
    return new Malformed(at, this.found, this.needed);
  }
}

const QUOTED_MAX = 80;

/** An error that quotes the input: control and bidirectional characters escaped, the tail cut off. */
function quoting(at, found, needed) {
  const start = Array.from(found.slice(0, 2 * QUOTED_MAX)).slice(0, QUOTED_MAX).join("");
  const escaped = start.replace(/["\\\p{C}\u2028\u2029]/gu, (c) => `\\u{${c.codePointAt(0).toString(16)}}`);
  return new Malformed(at, `"${escaped}${start.length < found.length ? "…" : ""}"`, needed);
}

/** Runs `read`; what it says of bytes is said of `at` instead. */
function readAt(at, read) {
  return retold(read, (malformed) => malformed.moved(at));
}

/** Runs `read`; what it says of bytes gets a prefix. */
function readWithin(outer, read) {
  return retold(read, (malformed) => malformed.within(outer));
}

function retold(read, tell) {
  try {
    return read();
  } catch (error) {
    throw error instanceof Malformed ? tell(error) : error;
  }
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of UTF-8 bytes; nothing for others. A byte order mark stays where it is. */
function decodeUtf8(bytes) {
  try {
    return UTF8.decode(bytes);
  } catch {
    return null;
  }
}

function encodeUtf8(text) {
  return new TextEncoder().encode(text);
}

/** One character for each byte, so that bytes of any kind can be split and compared like text. */
function decodeLatin1(bytes) {
  const parts = [];
  for (let at = 0; at < bytes.length; at += 8192) {
    parts.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  }
  return parts.join("");
}

function encodeLatin1(text) {
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

function encodeHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Exactly `length` bytes of lower-case hexadecimal. */
function parseHex(at, text, length) {
  if (text.length !== 2 * length || !/^[0-9a-f]*$/.test(text)) {
    throw quoting(at, text, `${2 * length} lower-case hexadecimal digits`);
  }
  return Uint8Array.from({ length }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

/** Padded base64 (RFC 4648, section 4). */
function encodeBase64(bytes) {
  return btoa(decodeLatin1(bytes));
}

/** Padded base64 of any length, in its one encoding; nothing for what is not. */
function decodeBase64(text) {
  let binary;
  try {
    binary = atob(text);
  } catch {
    return null;
  }
  // The decoder of browsers also takes spaces, missing padding and unused bits that are not zero.
  return btoa(binary) === text ? encodeLatin1(binary) : null;
}

/** Exactly `length` bytes of padded base64. */
function parseBase64(at, text, length) {
  const bytes = decodeBase64(text);
  if (bytes === null || bytes.length !== length) {
    throw quoting(at, text, `${length} bytes as padded base64 (RFC 4648) with zero trailing bits`);
  }
  return bytes;
}

const NUMBER_LIMIT = 1n << 64n;

/** A decimal number of 64 bits without sign or leading zeros, as a BigInt. */
function parseNumber(at, text) {
  const number = /^(?:0|[1-9][0-9]{0,19})$/.test(text) ? BigInt(text) : NUMBER_LIMIT;
  if (number >= NUMBER_LIMIT) throw quoting(at, text, "a decimal number without sign or leading zeros");
  return number;
}

function concatenate(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function sameBytes(one, two) {
  return one.length === two.length && one.every((byte, at) => byte === two[at]);
}

/** The text before and after the first `separator`; nothing where there is none. */
function splitOnce(text, separator) {
  const at = text.indexOf(separator);
  return at < 0 ? null : [text.slice(0, at), text.slice(at + separator.length)];
}

/** What follows `prefix`; nothing where the text begins otherwise. */
function afterPrefix(text, prefix) {
  return text.startsWith(prefix) ? text.slice(prefix.length) : null;
}
