// Whom a reader trusts: which logs, and how many of which witnesses (C2SP tlog-policy, spec/witness.md).

const POLICY_MAX = 256 * 1024;
const DEFINITIONS_MAX = 512;

/** Reads a policy. Names are bytes, and so the text is read as bytes. */
function parsePolicy(bytes) {
  if (bytes.length > POLICY_MAX) throw new Malformed("policy", `${bytes.length} bytes`, `at most ${POLICY_MAX} bytes`);
  if (bytes.length === 0 || bytes[bytes.length - 1] !== 0x0a) {
    throw new Malformed("policy", "no line feed at the end", "lines, each with its end");
  }
  const reader = new PolicyReader();
  const lines = decodeLatin1(bytes).slice(0, -1).split("\n");
  lines.forEach((line, at) => readWithin(`line ${at + 1}: `, () => reader.read(line)));
  if (reader.quorum === null) throw new Malformed("policy", "no quorum line", "one quorum line");
  return new Policy(reader);
}

class Policy {
  constructor({ logs, witnesses, groups, quorum }) {
    Object.assign(this, { logs, witnesses, groups, quorum });
  }

  /** The policy that believes these keys of logs and asks for no witness. */
  static ofLogs(logs) {
    return new Policy({ logs, witnesses: [], groups: [], quorum: "none" });
  }

  /** Whether these keys of witnesses are enough. */
  isMetBy(keys) {
    if (this.quorum === "none") return true;
    const signed = new Set(keys.map((key) => key.text));
    const met = new Set(this.witnesses.filter(({ key }) => signed.has(key.text)).map(({ name }) => name));
    // A group names only what stands before it.
    for (const { name, threshold, members } of this.groups) {
      if (members.filter((member) => met.has(member)).length >= threshold) met.add(name);
    }
    return met.has(this.quorum);
  }
}

class PolicyReader {
  constructor() {
    Object.assign(this, { logs: [], witnesses: [], groups: [], quorum: null });
    Object.assign(this, { defined: new Set(), members: new Set() });
  }

  read(line) {
    if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(line)) {
      throw new Malformed("text", "a control character", "no control character but tab");
    }
    const [first, ...words] = line.split(/[ \t]/).filter((word) => word !== "");
    if (first === undefined || first.startsWith("#")) return;
    if (first === "log" && words.length >= 1) this.log(...words);
    else if (first === "witness" && words.length >= 2) this.witness(...words);
    else if (first === "group" && words.length >= 2) this.group(...words);
    else if (first === "quorum" && words.length === 1) this.setQuorum(words[0]);
    else throw quoting("line", line, "a log, witness, group or quorum line, or a comment");
  }

  log(word, ...url) {
    const key = policyKey(word, LOG_ALGORITHM);
    checkUrl(url);
    checkForm(!this.logs.some((other) => sameBytes(other.key, key.key)), "log", word, "each key once");
    this.logs.push(key);
    this.checkDefinitions();
  }

  witness(name, word, ...url) {
    const key = policyKey(word, WITNESS_ALGORITHM);
    checkForm(!this.witnesses.some((other) => sameBytes(other.key.key, key.key)), "witness", word, "each key once");
    this.define(name);
    checkUrl(url);
    this.witnesses.push({ name, key });
    this.checkDefinitions();
  }

  group(name, count, ...members) {
    for (const member of members) {
      this.known(member);
      checkForm(!this.members.has(member), "group", member, "each name in one group, once");
      this.members.add(member);
    }
    const threshold = groupThreshold(count, members.length);
    if (threshold < 1 || threshold > members.length) {
      throw new Malformed("group", `${count} of ${members.length}`, "all, any, or 1 to the number of members");
    }
    this.define(name);
    this.groups.push({ name, threshold, members });
    this.checkDefinitions();
  }

  setQuorum(name) {
    checkForm(this.quorum === null, "quorum", name, "one quorum line");
    this.quorum = name === "none" ? name : this.known(name);
  }

  define(name) {
    const isNew = name !== "none" && !this.defined.has(name);
    checkForm(isNew, "name", name, "a name of its own, other than none");
    this.defined.add(name);
  }

  known(name) {
    return checkForm(this.defined.has(name), "name", name, "the name of a witness or group on a line before");
  }

  checkDefinitions() {
    if (this.logs.length + this.defined.size > DEFINITIONS_MAX) {
      throw new Malformed("policy", "one more", `at most ${DEFINITIONS_MAX} logs, witnesses and groups`);
    }
  }
}

function groupThreshold(count, members) {
  if (count === "any") return 1;
  if (count === "all") return members;
  return /^[1-9][0-9]{0,2}$/.test(count) ? Number(count) : 0;
}

function policyKey(word, algorithm) {
  const text = decodeUtf8(encodeLatin1(word));
  if (text === null) throw quoting("vkey", word, "a verifier key");
  const key = parseVerifierKey(text);
  const needed = algorithm === LOG_ALGORITHM ? "the key of a log (0x01)" : "the key of a witness (0x04)";
  checkForm(key.algorithm === algorithm, "vkey: algorithm", text, needed);
  return key;
}

function checkUrl(words) {
  const isUrl = words.every((word) => decodeUtf8(encodeLatin1(word)) !== null);
  if (words.length > 1 || !isUrl) throw quoting("url", words.join(" "), "one URL in UTF-8 at most, and the end of the line");
}
