// What binds an entry to those before it (spec/chain.md).

const NO_HASH = "0".repeat(64);

/** Why an entry does not belong where it stands: `at` is the line, or what the event is not bound to. */
class ChainRefusal extends Error {
  constructor(at, found, needed) {
    super(`${at}: found ${found}; needed ${needed}`);
    Object.assign(this, { name: "ChainRefusal", at });
  }
}

/** The entries so far, as far as they bind the next one. */
class Chain {
  constructor() {
    Object.assign(this, { opening: null, hashes: [], recorded: "", streams: new Map(), ids: new Map() });
  }

  get size() {
    return this.hashes.length;
  }

  /** The hash of the last entry. */
  get head() {
    return this.hashes.at(-1) ?? NO_HASH;
  }

  /** Reads bytes as the next entry, without its signatures, and adds it. A refusal leaves the chain as it was. */
  extend(bytes) {
    const entry = parseEntry(bytes);
    this.checkPlace(entry);
    this.checkBound(entry.event);
    const first = this.ids.get(entry.event.id);
    if (first !== undefined) throw new ChainRefusal("id", `${entry.event.id}, which stands at ${first} already`, "a new one");
    const opening = this.opening ?? openLedger(entry);
    entry.hash = encodeHex(blake3(bytes));
    this.opening = opening;
    this.hashes.push(entry.hash);
    this.recorded = entry.recorded;
    this.streams.set(entry.subject, entry.streamNumber);
    this.ids.set(entry.event.id, entry.position);
    return entry;
  }

  checkPlace(entry) {
    const differs = (at, found, needed) => {
      if (found !== needed) throw new ChainRefusal(at, found, needed);
    };
    differs("position", entry.position, BigInt(this.size));
    differs("previous", entry.previous, this.head);
    differs("stream", entry.streamNumber, (this.streams.get(entry.subject) ?? 0n) + 1n);
    // A re-enactment leaves no choice: the event's own time, or the last entry's where that is later.
    const clock = this.isReEnactment(entry.event) ? entry.event.time : entry.recorded;
    differs("recorded", entry.recorded, clock > this.recorded ? clock : this.recorded);
  }

  isReEnactment(event) {
    if (this.opening !== null) return this.opening.purpose === "re-enactment";
    try {
      return parseOpening(event).purpose === "re-enactment";
    } catch (error) {
      // What is no opening is refused elsewhere.
      if (error instanceof Malformed) return false;
      throw error;
    }
  }

  checkBound(event) {
    if (this.opening === null) return;
    if (event.source !== this.opening.origin) throw new ChainRefusal("source", event.source, this.opening.origin);
    if (event.ledger !== this.hashes[0]) throw new ChainRefusal("ledger", event.ledger ?? "none", this.hashes[0]);
    const { position, hash } = event.seen;
    const here = this.hashes[Number(position)];
    if (here !== hash) {
      const needed = here === undefined ? `an entry before ${this.size}` : `${position}:${here}`;
      throw new ChainRefusal("seen", `${position}:${hash}, which is not in this chain and may prove a fork: keep it`, needed);
    }
  }
}

function openLedger(entry) {
  const opening = parseOpening(entry.event);
  if (!isSignedByRegistrars(opening, entry.signatures)) {
    throw new ChainRefusal("signed", "other signers", `${opening.threshold} registrars of the opening, and they alone`);
  }
  return opening;
}
