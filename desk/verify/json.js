// I-JSON (RFC 7493), as strictly as spec/event.md asks. The browser's own reader takes a name twice, fractions and
// lone surrogates; what one reader takes, all must read alike.

const DEPTH_MAX = 32;

/** What may not stand in names and strings, escaped or not (but a line feed, in strings): controls, line and paragraph separators, what turns the
    direction of text, noncharacters. (A lone surrogate is found where it stands.) */
const REFUSED_CHARACTER =
  /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufdd0-\ufdef]|[\u{fffe}\u{ffff}\u{1fffe}\u{1ffff}\u{2fffe}\u{2ffff}\u{3fffe}\u{3ffff}\u{4fffe}\u{4ffff}\u{5fffe}\u{5ffff}\u{6fffe}\u{6ffff}\u{7fffe}\u{7ffff}\u{8fffe}\u{8ffff}\u{9fffe}\u{9ffff}\u{afffe}\u{affff}\u{bfffe}\u{bffff}\u{cfffe}\u{cffff}\u{dfffe}\u{dffff}\u{efffe}\u{effff}\u{ffffe}\u{fffff}\u{10fffe}\u{10ffff}]/u;

const ESCAPES = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/** Reads one JSON object on one line. Objects are Maps, in the order of their members. */
function parseJsonObject(text) {
  if (!text.startsWith("{") || !text.endsWith("}")) {
    throw new Malformed("event", "other bytes around it", "one JSON object, from { to }");
  }
  const control = text.search(/[\u0000-\u001f]/);
  if (control >= 0) throw new JsonReader(text, control).refuse("a control character");
  const reader = new JsonReader(text, 0);
  const object = reader.value(1);
  if (reader.at !== text.length) throw reader.refuse("something behind the object");
  return object;
}

class JsonReader {
  constructor(text, at) {
    Object.assign(this, { text, at });
  }

  refuse(found) {
    const byte = encodeUtf8(this.text.slice(0, this.at)).length;
    return new Malformed(`byte ${byte}`, found, "I-JSON (RFC 7493) as spec/event has it");
  }

  /** Passes spaces; line ends and tabs have been refused before. */
  next() {
    while (this.text[this.at] === " ") this.at += 1;
    return this.text[this.at];
  }

  expect(character) {
    if (this.next() !== character) throw this.refuse(`no ${character}`);
    this.at += 1;
  }

  /** A value that stands at this level of objects and arrays in each other. */
  value(level) {
    const first = this.next();
    if ((first === "{" || first === "[") && level > DEPTH_MAX) throw this.refuse("more than 32 levels of nesting");
    if (first === "{") return this.object(level);
    if (first === "[") return this.array(level);
    if (first === '"') return this.string();
    for (const [word, value] of [["true", true], ["false", false], ["null", null]]) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    return this.number();
  }

  object(level) {
    const members = new Map();
    this.items("{", "}", () => {
      if (this.next() !== '"') throw this.refuse("no name");
      const name = this.string("a name");
      if (members.has(name)) throw this.refuse(`a name twice in one object: "${name}"`);
      this.expect(":");
      members.set(name, this.value(level + 1));
    });
    return members;
  }

  array(level) {
    const items = [];
    this.items("[", "]", () => items.push(this.value(level + 1)));
    return items;
  }

  items(open, close, read) {
    this.expect(open);
    if (this.next() === close) {
      this.at += 1;
      return;
    }
    for (;;) {
      read();
      if (this.next() === close) break;
      this.expect(",");
    }
    this.at += 1;
  }

  number() {
    const form = /-?(?:0|[1-9][0-9]*)(?![0-9.eE])/y;
    form.lastIndex = this.at;
    const found = form.exec(this.text)?.[0];
    if (found === undefined || found === "-0") throw this.refuse("no value, or a number that is no plain integer");
    const number = Number(found);
    if (!Number.isSafeInteger(number)) throw this.refuse("a number beyond 2^53 - 1");
    this.at += found.length;
    return number;
  }

  /** A string; a line feed may stand in those that are no names. */
  string(kind = "a value") {
    this.expect('"');
    let string = "";
    for (;;) {
      const from = this.at;
      while (this.at < this.text.length && !'"\\'.includes(this.text[this.at])) this.at += 1;
      string += this.text.slice(from, this.at);
      if (this.at === this.text.length) throw this.refuse("a string without end");
      this.at += 1;
      if (this.text[this.at - 1] === '"') break;
      string += this.escape();
    }
    const refused = REFUSED_CHARACTER.exec(kind === "a name" ? string : string.replaceAll("\n", ""))?.[0];
    if (refused !== undefined) {
      throw this.refuse(`the character U+${refused.codePointAt(0).toString(16)}, which an event may not hold`);
    }
    return string;
  }

  escape() {
    const kind = this.text[this.at];
    this.at += 1;
    if (kind !== "u") {
      if (!Object.hasOwn(ESCAPES, kind ?? "")) throw this.refuse("an escape that is none");
      return ESCAPES[kind];
    }
    const first = this.unit();
    if (first < 0xd800 || first > 0xdfff) return String.fromCharCode(first);
    const isPair = first < 0xdc00 && this.text.startsWith("\\u", this.at);
    if (isPair) this.at += 2;
    const second = isPair ? this.unit() : 0;
    if (second < 0xdc00 || second > 0xdfff) throw this.refuse("a surrogate without its other half");
    return String.fromCharCode(first, second);
  }

  unit() {
    const digits = this.text.slice(this.at, this.at + 4);
    if (!/^[0-9A-Fa-f]{4}$/.test(digits)) throw this.refuse("an escape that is none");
    this.at += 4;
    return parseInt(digits, 16);
  }
}
