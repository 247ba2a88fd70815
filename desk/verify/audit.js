// A published log, checked in one pass over its entries: every level but the rules, which are not replayed here.

/** The largest log that is read in a browser. The program for auditors has no such limit. */
const LOG_MAX = 1000000;

class Audit {
  /** Of these files, for a reader with this trust; the roots at the sizes `wanted` are kept. */
  constructor(published, trust, wanted, check, progress) {
    Object.assign(this, { published, trust, check, progress });
    Object.assign(this, { checkpoint: null, keys: new NamedLogKeys(), chain: new Chain(), faults: [], notes: [] });
    Object.assign(this, { handedOver: new Map(), followed: null, signer: null, isBrought: false, cosigned: null });
    Object.assign(this, { kept: [], rotated: [], wanted: new Set(wanted), signatures: 0, isOver: false });
  }

  async run() {
    this.checkpoint = await this.readCheckpoint("checkpoint");
    this.listed = await this.readListedKeys();
    const size = await this.size();
    if (size > BigInt(LOG_MAX)) {
      const what = `${size} entries, and this page reads ${LOG_MAX} at most: use minutebook-verify`;
      this.faults.push(fault("form", what, { file: "checkpoint" }));
      return;
    }
    this.kept = await this.readSized("witnessed", size);
    this.rotated = await this.readSized("rotated", size);
    [...this.kept, ...this.rotated].forEach((note) => this.wanted.add(Number(note.size)));
    this.tree = new TreeCheck(this.published, this.wanted);
    await this.readEntries(Number(size));
    await this.tree.finish(Number(size));
    this.faults.push(...this.tree.faults, ...(await checkLeftovers(this.published, this.tree.frontier.size)));
    this.checkRoot("checkpoint", this.checkpoint);
    await this.checkHandOvers(size);
    await this.judge();
    await this.checkKept();
    this.checkListed(size);
    this.note(size);
    const order = ({ position }) => (position === null ? Infinity : position);
    this.faults.sort((one, two) => order(one) - order(two) || 0);
  }

  addFault(...args) {
    this.faults.push(fault(...args));
  }

  async readCheckpoint(path) {
    const bytes = await this.published.read(path);
    if (bytes === null) {
      this.addFault("tree", "the file is not there", { file: path });
      return null;
    }
    try {
      return parseCheckpoint(bytes);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.addFault("tree", error.message, { file: path });
      return null;
    }
  }

  /** The keys that the folder itself lists. They say how far it is worth reading, and prove nothing. */
  async readListedKeys() {
    const bytes = await this.published.read("vkey");
    if (bytes === null) return null;
    try {
      return parseLogKeys(bytes);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.addFault("log", error.message, { file: "vkey" });
      return null;
    }
  }

  /** How many entries there are to read: as many as the checkpoint says, if anybody who may be the log signed it. */
  async size() {
    const { checkpoint } = this;
    const keys = [...this.trust.keys.map(({ key }) => key), ...(this.listed ?? []).map(({ key }) => key)];
    const isSigned = checkpoint !== null && (keys.length === 0 || (await isSignedByAny(checkpoint, keys, this.check)));
    if (isSigned && checkpoint.size > 0n) return checkpoint.size;
    const bundles = this.published.ofKind("tile").filter(({ row }) => row === "entries");
    return bundles.map(({ number, width }) => number * 256n + BigInt(width)).reduce((a, b) => (a > b ? a : b), 0n);
  }

  async readSized(kind, size) {
    const notes = [];
    for (const file of this.published.ofKind(kind).filter((file) => file.size <= size)) {
      const note = await this.readCheckpoint(file.path);
      if (note !== null && note.size === file.size) notes.push({ ...note, path: file.path });
      else if (note !== null) this.addFault("tree", `a checkpoint of size ${note.size}`, { file: file.path });
    }
    return notes;
  }

  async readEntries(size) {
    for (let next = 0; next < size; next += TILE_WIDTH) {
      const bundle = await readBundle(this.published, next, size);
      if (bundle === null) {
        this.faults.push(missingBundle(tilePath("entries", next, size), next));
        return;
      }
      await this.tree.add(bundle.entries.map(leafHash));
      if (!this.isOver) await this.follow(bundle.entries);
      this.progress(this.tree.frontier.size, size);
      if (bundle.fault !== null) {
        this.faults.push(bundle.fault);
        return;
      }
    }
  }

  /** Follows the chain, and checks every signature; what comes after the first entry that fails is not asked. */
  async follow(entries) {
    const read = [];
    for (const bytes of entries) {
      const found = this.next(bytes);
      if (found.fault) {
        this.faults.push(found.fault);
        this.isOver = true;
        break;
      }
      read.push(found.entry);
      this.keys.take(found.entry, this.chain.opening);
      this.signatures += found.entry.signatures.length;
    }
    const wrong = await Promise.all(read.map((entry) => falseSignature(entry, this.check)));
    const first = wrong.findIndex((key) => key !== null);
    if (first < 0) return;
    const what = `the signature of key ${wrong[first]} does not hold for these event bytes`;
    this.addFault("signatures", what, { position: Number(read[first].position) });
    this.isOver = true;
  }

  next(bytes) {
    const position = this.chain.size;
    try {
      return { entry: this.chain.extend(bytes) };
    } catch (error) {
      if (error instanceof Malformed) return { fault: fault("form", error.message, { position }) };
      if (!(error instanceof ChainRefusal)) throw error;
      const level = error.at === "seen" ? "seen" : "chain";
      const changed = error.at === "previous" ? this.changedBefore(bytes) : null;
      return { fault: changed ?? fault(level, error.message, { position }) };
    }
  }

  /** Whether the entry before was changed after its successor's author had seen it: then that one is to be named,
      though its own bytes are well formed and only its hash has changed. */
  changedBefore(bytes) {
    const { event, position, previous } = parseEntry(bytes);
    const isLast = event.seen !== null && event.seen.hash === previous && event.seen.position + 1n === position;
    if (!isLast || position !== BigInt(this.chain.size)) return null;
    const what = `its bytes have the hash ${this.chain.head}; entry ${position} follows ${previous}, which its author saw`;
    return fault("chain", what, { position: Number(event.seen.position) });
  }

  checkRoot(file, note) {
    if (note === null) return;
    const isEnd = Number(note.size) === this.tree.frontier.size;
    const here = isEnd ? this.tree.frontier.root() : this.tree.roots.get(Number(note.size));
    if (here === undefined || sameBytes(here, note.root)) return;
    const what = `the entries lead to the root ${encodeBase64(here)}; it says ${encodeBase64(note.root)}`;
    this.addFault("tree", what, { file });
  }

  /** Every note at which one key of the log hands over to the next. */
  async checkHandOvers(size) {
    const { keys } = this.keys;
    for (let at = 1; at < keys.length && keys[at].from < size; at += 1) {
      const path = `rotated/${encodePathNumber(keys[at].from + 1n)}`;
      const note = this.rotated.find((note) => note.size === keys[at].from + 1n);
      const what = await this.handOverFault(at, path, note);
      if (what !== null) this.addFault("log", what, { position: Number(keys[at].from), file: path });
    }
    for (const note of this.rotated.filter((note) => !keys.slice(1).some(({ from }) => from + 1n === note.size))) {
      if (!this.isOver) this.addFault("log", "the book passes the log's key on nowhere there", { file: note.path });
    }
  }

  async handOverFault(at, path, note) {
    const { keys } = this.keys;
    if (note === undefined) return `the file is not there: nothing shows that the log's key handed over to ${keys[at].key.text}`;
    this.checkRoot(path, note);
    try {
      const isByOld = await checkHandOver(keys, note, this.check);
      this.handedOver.set(at, isByOld);
      if (isByOld || this.keys.waived(at) !== null) return null;
      return `the old key, ${keys[at - 1].key.text}, has not signed it, and no entry before had revoked it`;
    } catch (error) {
      if (error instanceof TrustRefusal) return error.message;
      throw error;
    }
  }

  /** The keys that may have signed a checkpoint of this size: the one that the book names, or those brought. */
  keysAt(size) {
    const { keys } = this.keys;
    if (keys.length > 0 && size <= BigInt(this.chain.size)) return [logKeyAt(keys, size)];
    return this.trust.keys.map(({ key }) => key);
  }

  /** What the signatures beneath the newest checkpoint are worth, and to whom. */
  async judge() {
    const { checkpoint } = this;
    if (checkpoint === null) return;
    if (checkpoint.size === 0n) this.addFault("log", "a checkpoint of size 0 vouches for nothing", { file: "checkpoint" });
    try {
      const keys = this.keysAt(checkpoint.size);
      if (keys.length === 0) return;
      this.signer = await logSigner(checkpoint, keys, this.check);
      this.followTrust(checkpoint.size);
      this.cosigned = await cosignatures(checkpoint, this.trust.witnesses, this.check);
    } catch (error) {
      if (!(error instanceof TrustRefusal)) throw error;
      this.addFault(error.reason === "cosignature" ? "witnesses" : "log", error.message, { file: "checkpoint" });
    }
  }

  /** How the keys that the reader brought lead to the one that signed. */
  followTrust(size) {
    const brought = (key) => this.trust.keys.some((other) => other.key.text === key.text);
    const keys = this.keys.keys.filter(({ from }) => from === 0n || from < size);
    const last = keys.findLastIndex(({ key }) => brought(key));
    const ofLog = this.trust.keys.filter(({ key }) => key.algorithm === LOG_ALGORITHM);
    if (last < 0 && ofLog.length > 0 && keys.length > 0) {
      const what = `the book names the log's key ${keys.at(-1).key.text}; the key brought is ${ofLog[0].key.text}`;
      this.addFault("log", what, { file: "checkpoint" });
      return;
    }
    for (let at = last + 1; last >= 0 && at < keys.length; at += 1) {
      if (this.handedOver.get(at) === true && this.keys.waived(at) === null) continue;
      const what = `nothing leads from the key that was brought to ${keys[at].key.text}: bring that key from a source that you trust`;
      this.addFault("log", what, { position: Number(keys[at].from) });
      return;
    }
    this.isBrought = last >= 0 || brought(this.signer);
    if (last >= 0 && last + 1 < keys.length) {
      this.followed = { brought: keys[last].key, next: keys[last + 1].key, size: keys[last + 1].from + 1n };
    }
  }

  async checkKept() {
    for (const note of this.kept) {
      this.checkRoot(note.path, note);
      const keys = this.keysAt(note.size);
      try {
        if (keys.length > 0) await logSigner(note, keys, this.check);
        const cosigned = await cosignatures(note, this.trust.witnesses, this.check);
        if (!this.trust.policy.isMetBy(cosigned.map(({ witness }) => witness))) {
          this.addFault("witnesses", "fewer witnesses have signed it than the policy asks for", { file: note.path });
        }
      } catch (error) {
        if (!(error instanceof TrustRefusal)) throw error;
        this.addFault(error.reason === "cosignature" ? "witnesses" : "log", error.message, { file: note.path });
      }
    }
  }

  /** Whether the folder's own list of keys is the book's. */
  checkListed(size) {
    if (this.listed === null || this.isOver || this.keys.keys.length === 0) return;
    const told = (keys) => keys.filter(({ from }) => from === 0n || from < size).map(({ from, key }) => `${from} ${key.text}`).join("\n");
    const same = told(this.listed) === told(this.keys.keys);
    if (!same) this.addFault("log", `it lists other keys than the book names: ${told(this.keys.keys)}`, { file: "vkey" });
  }

  note(size) {
    if (this.listed === null && !this.published.has("vkey")) {
      this.notes.push("The folder has no file vkey; what was brought, and the book, name the log's keys.");
    }
    const isBeyond = ({ kind, size: of, row, number, width }) => {
      if (kind !== "tile") return of !== undefined && of > size;
      const level = row === "entries" ? 0n : 8n * BigInt(row);
      return (number * 256n + BigInt(width)) << level > size;
    };
    const beyond = [...this.published.files.values()].filter(isBeyond).length;
    if (beyond > 0) {
      this.notes.push(`${beyond} files speak of entries beyond the checkpoint. They were not looked at: a log that was copied while it grew looks like this.`);
    }
    if (this.published.strangers.length > 0) {
      const names = this.published.strangers.slice(0, 20).join(", ");
      this.notes.push(`Files that are no part of a published log were not looked at: ${names}`);
    }
    const continues = this.chain.opening?.continues;
    if (continues) {
      this.notes.push(`The opening says that this ledger continues ${continues.origin} from ${continues.size} entries. That ledger is not checked here.`);
    }
    for (const { from, key } of this.keys.keys) {
      const revoked = this.keys.revoked.get(encodeHex(key.key));
      if (revoked !== undefined) this.notes.push(`The log's key ${key.text}, from entry ${from}, was revoked at entry ${revoked}.`);
    }
  }
}

async function isSignedByAny(checkpoint, keys, check) {
  try {
    await logSigner(checkpoint, keys, check);
    return true;
  } catch (error) {
    if (error instanceof TrustRefusal) return false;
    throw error;
  }
}
