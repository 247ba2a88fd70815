// Whom the reader trusts: what was brought for it, from files and typed, and what this device kept.

class Trust {
  /** `keys` are of logs, each with where it comes from: `brought` now, or `device`, where it was brought before.
      `seen` are keys that this device has only seen, beside a log of their name. */
  constructor() {
    Object.assign(this, { keys: [], seen: [], policy: null, witnesses: [] });
  }

  /** Adds what a text says: a policy, or verifier keys on lines, with or without the position from which each holds. */
  add(bytes) {
    const text = decodeUtf8(bytes) ?? "";
    if (/^[ \t]*(?:log|witness|group|quorum)[ \t]/m.test(text)) {
      this.addPolicy(parsePolicy(bytes));
      return;
    }
    const lines = text.split(/\r?\n/).map((line) => line.trim().replace(/^[0-9]+ /, ""));
    const keys = lines.filter((line) => line !== "").map(parseVerifierKey);
    if (keys.length === 0) throw new Malformed("vkey", "nothing", "a verifier key on a line");
    keys.forEach((key) => this.addKey(key, "brought"));
  }

  addPolicy(policy) {
    if (this.policy?.quorum) throw new Malformed("policy", "two policies", "one policy");
    policy.logs.forEach((key) => this.addKey(key, "brought"));
    policy.witnesses.forEach(({ key }) => this.addKey(key, "brought"));
    this.policy = policy;
  }

  addKey(key, from, since = null) {
    if (key.algorithm === WITNESS_ALGORITHM) {
      if (!this.witnesses.some((other) => other.text === key.text)) this.witnesses.push(key);
    } else if (!this.keys.some((other) => other.key.text === key.text)) {
      this.keys.push({ key, from, since });
    }
  }

  /** Adds what this device kept: keys that the reader brought before, and keys that it has only seen. */
  addKept(kept) {
    for (const { key: text, isBrought, since } of kept) {
      const key = parseVerifierKey(text);
      if (isBrought) this.addKey(key, "device", since);
      else if (!this.seen.some((other) => other.key.text === text)) this.seen.push({ key, since });
    }
  }

  /** The part of it that is about this log. A key that was brought for another log is left in where there is none
      for this one, so that it is named. */
  of(origin) {
    const own = this.keys.filter(({ key }) => key.name === origin);
    const keys = own.length > 0 ? own : this.keys.filter(({ from }) => from === "brought");
    const policy = this.policy ?? Policy.ofLogs([]);
    const seen = this.seen.filter(({ key }) => key.name === origin);
    return { keys, seen, policy, witnesses: this.witnesses, isAsked: this.policy !== null && policy.quorum !== "none" };
  }
}
