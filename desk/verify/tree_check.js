// The tree over the entries of a published log, made anew, and held against the tiles that were published.

/** How many faults of one kind are told apart: where a book is damaged from end to end, more say nothing. */
const FAULTS_MAX = 20;

/** Something in a published log that is not as it must be: at which level, of which entry or file. */
function fault(level, what, { position = null, file = null } = {}) {
  return { level, what, position, file };
}

class TreeCheck {
  /** A tree without entries, which is to remember its roots at the sizes `wanted`. */
  constructor(published, wanted) {
    Object.assign(this, { published, wanted, frontier: new Frontier(), rows: new Map(), roots: new Map(), faults: [] });
  }

  /** Adds the next leaves, and compares each tile that they fill. */
  async add(leaves) {
    const filled = [];
    for (const leaf of leaves) {
      this.frontier.append(leaf, (level, number, hash) => {
        if (level % 8 !== 0) return;
        const row = this.rows.get(level) ?? [];
        row.push(hash);
        this.rows.set(level, row.length === TILE_WIDTH ? [] : row);
        if (row.length === TILE_WIDTH) filled.push({ level, last: number, row });
      });
      if (this.wanted.has(this.frontier.size)) this.roots.set(this.frontier.size, this.frontier.root());
    }
    for (const { level, last, row } of filled) await this.compare(level, last, row);
  }

  /** Compares the tiles at the right edge, which are not full; there are none where entries are missing. */
  async finish(size) {
    if (this.frontier.size !== size) return;
    for (const [level, row] of this.rows) {
      if (row.length > 0) await this.compare(level, Math.floor(size / 2 ** level) - 1, row);
    }
  }

  async compare(level, last, row) {
    const path = tilePath(String(level / 8), last, last + 1);
    const found = await this.published.read(path);
    const first = Math.floor(last / TILE_WIDTH) * TILE_WIDTH;
    const at = row.findIndex((hash, i) => !sameBytes(hash, found?.subarray(32 * i, 32 * i + 32) ?? []));
    if (at < 0 && found.length === 32 * row.length) return;
    let what = `hash ${at} and the published entries do not agree: one of them is damaged`;
    if (found === null) what = "the file is not there";
    else if (found.length !== 32 * row.length) what = `${found.length} bytes, where ${row.length} hashes of 32 bytes belong`;
    const position = this.firstWrongBeneath(level, first + Math.max(at, 0));
    if (this.faults.length < FAULTS_MAX) this.faults.push(fault("tree", what, { position, file: path }));
  }

  /** The first entry beneath a hash that a tile of a lower level has named already: a tile further up is then wrong
      because of it. Otherwise all of them are in doubt, from the first on. */
  firstWrongBeneath(level, number) {
    const [from, until] = [number * 2 ** level, (number + 1) * 2 ** level];
    const beneath = this.faults.map(({ position }) => position).filter((at) => at !== null && at >= from && at < until);
    return beneath.length > 0 ? Math.min(...beneath) : from;
  }
}

/** The bundle that holds the entries from `from` on, in a log of this size: its entries as far as they can be told
    apart, and what is wrong with it. Nothing where there is no file. */
async function readBundle(published, from, size) {
  const whole = tilePath("entries", from, size);
  const width = Math.min(TILE_WIDTH, size - from);
  const there = widestBundle(published, from / TILE_WIDTH, width);
  if (there === null) return null;
  const bytes = await published.read(there.path);
  try {
    const entries = parseBundle(there.width, bytes);
    return { entries, fault: there.path === whole ? null : missingBundle(whole, from + there.width) };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    const leaves = (await published.read(there.path.replace("entries", "0"))) ?? new Uint8Array(0);
    const entries = undamagedEntries(bytes, leaves);
    const position = from + entries.length;
    return { entries, fault: fault("form", error.message, { position, file: there.path }) };
  }
}

/** A bundle, or what is there of it from when the log was smaller. */
function widestBundle(published, number, most) {
  for (let width = most; width > 0; width -= 1) {
    const path = tilePath("entries", number * TILE_WIDTH, number * TILE_WIDTH + width);
    if (published.has(path)) return { path, width };
  }
  return null;
}

function missingBundle(path, position) {
  return fault("form", "the file is not there, and the checkpoint speaks of its entries", { position, file: path });
}

/** The entries of a damaged bundle that are still those whose leaves stand in the tile. */
function undamagedEntries(bundle, leaves) {
  const entries = [];
  let at = 0;
  while (at + 2 <= bundle.length) {
    const end = at + 2 + 256 * bundle[at] + bundle[at + 1];
    const entry = bundle.subarray(at + 2, end);
    const leaf = leaves.subarray(32 * entries.length, 32 * entries.length + 32);
    if (end > bundle.length || !sameBytes(leafHash(entry), leaf)) break;
    entries.push(entry);
    at = end;
  }
  return entries;
}

/** What is wrong with the partial tiles that were left over from when the log was smaller: each must be the beginning
    of the tile that it grew into. */
async function checkLeftovers(published, size) {
  const faults = [];
  for (const { row, number, width, path } of published.ofKind("tile")) {
    const level = row === "entries" ? 0 : 8 * Number(row);
    const count = Math.floor(size / 2 ** level);
    const [first, end] = [Number(number) * TILE_WIDTH, Number(number) * TILE_WIDTH + width];
    const grown = end <= count ? tilePath(row, first, count) : path;
    if (grown === path || faults.length >= FAULTS_MAX) continue;
    const [small, large] = [await published.read(path), await published.read(grown)];
    if (large === null) continue;
    if (!isTileOf(row, width, small) || !sameBytes(small, large.subarray(0, small.length))) {
      faults.push(fault("tree", `it is not the beginning of ${grown}, which it grew into`, { file: path }));
    }
  }
  return faults;
}

function isTileOf(row, width, bytes) {
  if (row !== "entries") return bytes.length === 32 * width;
  try {
    parseBundle(width, bytes);
    return true;
  } catch (error) {
    if (error instanceof Malformed) return false;
    throw error;
  }
}
