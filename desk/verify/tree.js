// The tree over the entries: RFC 6962 with SHA-256 (spec/tree.md), and its proofs, checked as RFC 9162 tells it.

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** Why a proof proves nothing: `empty`, `outside`, `shrunk`, `short`, `long` or `root`. */
class ProofRefusal extends Error {
  constructor(reason, says) {
    super(says);
    Object.assign(this, { name: "ProofRefusal", reason });
  }
}

function leafHash(entry) {
  return sha256(concatenate(LEAF, entry));
}

function nodeHash(left, right) {
  return sha256(concatenate(NODE, left, right));
}

/** A tree hash as base64. */
function parseTreeHash(at, text) {
  return parseBase64(at, text, 32);
}

/** Checks that these very bytes are the entry at `position` in the tree of this size and root. */
function checkInclusion(entry, position, head, proof) {
  if (head.size === 0n) throw new ProofRefusal("empty", "a tree of size 0 proves nothing");
  if (position >= head.size) {
    throw new ProofRefusal("outside", `position ${position} is not in a tree of size ${head.size}`);
  }
  const climb = new Climb(position, head.size - 1n);
  let root = leafHash(entry);
  for (const beside of proof) {
    root = climb.step(proof) === "left" ? nodeHash(beside, root) : nodeHash(root, beside);
  }
  climb.arrive(proof);
  checkRoot(root, head);
}

/** Checks that the tree of the later head begins with all entries of that of the earlier one. */
function checkConsistency(earlier, later, proof) {
  if (earlier.size === 0n) throw new ProofRefusal("empty", "a tree of size 0 proves nothing");
  if (later.size < earlier.size) {
    throw new ProofRefusal("shrunk", `a tree of size ${later.size} does not extend one of size ${earlier.size}`);
  }
  if (later.size === earlier.size) {
    if (proof.length > 0) throw new ProofRefusal("long", `the proof goes on beyond the root: ${proof.length} hashes`);
    checkRoot(earlier.root, later);
    return;
  }
  const climb = new Climb(earlier.size - 1n, later.size - 1n);
  climb.riseWhileRight();
  const rest = proof.slice();
  // A whole earlier tree is a subtree of the later one, and its root is in no need of proof.
  const start = climb.node === 0n ? earlier.root : rest.shift();
  if (start === undefined) throw new ProofRefusal("short", "the proof has no hashes");
  let [one, two] = [start, start];
  for (const beside of rest) {
    if (climb.step(proof) === "left") [one, two] = [nodeHash(beside, one), nodeHash(beside, two)];
    else two = nodeHash(two, beside);
  }
  climb.arrive(proof);
  checkRoot(one, earlier);
  checkRoot(two, later);
}

/** A path from a node to the root: its number at its level, and that of the last node there. */
class Climb {
  constructor(node, last) {
    Object.assign(this, { node, last });
  }

  rise() {
    this.node >>= 1n;
    this.last >>= 1n;
  }

  riseWhileRight() {
    while (this.node & 1n) this.rise();
  }

  /** On which side of the path the next hash of the proof stands; one level up then, or several where the node has
      no neighbour. */
  step(proof) {
    if (this.last === 0n) throw new ProofRefusal("long", `the proof goes on beyond the root: ${proof.length} hashes`);
    let side = "right";
    if (this.node & 1n) {
      side = "left";
    } else if (this.node === this.last) {
      while (!(this.node & 1n) && this.node !== 0n) this.rise();
      side = "left";
    }
    this.rise();
    return side;
  }

  arrive(proof) {
    if (this.last !== 0n) throw new ProofRefusal("short", `the proof ends before the root: ${proof.length} hashes`);
  }
}

function checkRoot(computed, head) {
  if (!sameBytes(computed, head.root)) {
    const says = `the proof leads to the root ${encodeBase64(computed)}; the claim is ${encodeBase64(head.root)} at size ${head.size}`;
    throw new ProofRefusal("root", says);
  }
}

/** The right edge of a growing tree: for each bit of its size that is set, the hash over so many leaves. */
class Frontier {
  constructor() {
    this.size = 0;
    this.edge = [];
  }

  /** Adds a leaf. Tells of each hash that is whole now: its level and number in that level, and itself. */
  append(leaf, tell) {
    let [hash, level, number] = [leaf, 0, this.size];
    tell(level, number, hash);
    while (number % 2 === 1) {
      hash = nodeHash(this.edge.pop(), hash);
      [level, number] = [level + 1, (number - 1) / 2];
      tell(level, number, hash);
    }
    this.edge.push(hash);
    this.size += 1;
  }

  root() {
    if (this.edge.length === 0) return sha256(new Uint8Array(0));
    return this.edge.reduceRight((right, left) => nodeHash(left, right));
  }
}
