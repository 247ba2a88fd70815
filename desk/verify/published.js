// A published log as files, in a folder or in a tar of one (spec/published-log.md).

const TILE_WIDTH = 256;

/** What a path of the published log names; nothing for any other. There is one spelling of each. */
function parsePublishedPath(path) {
  if (path === "checkpoint") return { kind: "checkpoint", path };
  if (path === "vkey") return { kind: "keys", path };
  const sized = /^(witnessed|rotated)\/(.+)$/.exec(path);
  if (sized) {
    const size = parsePathNumber(sized[2]);
    return size === null ? null : { kind: sized[1], size, path };
  }
  const tile = /^tile\/(entries|0|[1-9][0-9]?)\/([x0-9/]+?)(?:\.p\/([1-9][0-9]{0,2}))?$/.exec(path);
  if (!tile) return null;
  const [number, width] = [parsePathNumber(tile[2]), Number(tile[3] ?? TILE_WIDTH)];
  const isTile = number !== null && (tile[3] === undefined || width < TILE_WIDTH);
  if (!isTile || Number(tile[1]) > 63) return null;
  return { kind: "tile", row: tile[1], number, width, path };
}

/** A number as `x001/x234/067`. */
function parsePathNumber(text) {
  if (!/^(?:x[0-9]{3}\/)*[0-9]{3}$/.test(text) || text.startsWith("x000/")) return null;
  const digits = text.replaceAll(/[x/]/g, "");
  const number = BigInt(digits);
  return number < NUMBER_LIMIT ? number : null;
}

function encodePathNumber(number) {
  const digits = String(number);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, "0");
  return padded.match(/.../g).map((group, at, all) => (at + 1 < all.length ? `x${group}` : group)).join("/");
}

/** The path of the tile of this row that holds number `at`, in a log whose row has `count`. */
function tilePath(row, at, count) {
  const index = Math.floor(at / TILE_WIDTH);
  const width = Math.min(count - index * TILE_WIDTH, TILE_WIDTH);
  return `tile/${row}/${encodePathNumber(index)}${width < TILE_WIDTH ? `.p/${width}` : ""}`;
}

/** The hashes of a tile of this width. */
function parseHashTile(width, bytes) {
  if (bytes.length !== 32 * width) throw new Malformed("tile", `${bytes.length} bytes`, `${width} hashes of 32 bytes`);
  return Array.from({ length: width }, (_, i) => bytes.subarray(32 * i, 32 * i + 32));
}

/** The bytes of a bundle's entries. */
function parseBundle(width, bytes) {
  const entries = [];
  let at = 0;
  while (entries.length < width) {
    const end = at + 2 + 256 * (bytes[at] ?? 0) + (bytes[at + 1] ?? 0);
    if (at + 2 > bytes.length || end > bytes.length) {
      throw new Malformed("bundle", `${entries.length} entries`, `${width} entries, each after its length`);
    }
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  if (at !== bytes.length) throw new Malformed("bundle", "more bytes", `nothing behind ${width} entries`);
  return entries;
}

/** The most bytes that a file of this kind can have. */
function publishedMax({ kind, row }) {
  if (kind !== "tile") return NOTE_MAX;
  return row === "entries" ? TILE_WIDTH * (2 + ENTRY_MAX) : TILE_WIDTH * 32;
}

/** Where the files of a published log are: blobs by path. Nothing of them has been read. */
class Published {
  /** Of the files of a folder, or the members of a tar: each with its path and a blob. */
  constructor(members) {
    Object.assign(this, { files: new Map(), strangers: [] });
    // A folder that was dropped, and a tar of one, have its name before each path.
    const ends = members.map(({ path }) => path).filter((path) => /(?:^|\/)checkpoint$/.test(path));
    const folders = ends.map((path) => path.slice(0, -"checkpoint".length)).sort((one, two) => one.length - two.length);
    const prefix = folders[0] ?? commonFolder(members);
    for (const { path, blob } of members) {
      const name = path.startsWith(prefix) ? parsePublishedPath(path.slice(prefix.length)) : null;
      if (name === null) this.strangers.push(path);
      else if (this.files.has(name.path)) throw new Malformed("tar", `the file ${path} twice`, "each file once");
      else this.files.set(name.path, { ...name, blob });
    }
  }

  get isEmpty() {
    return ![...this.files.values()].some(({ kind }) => kind !== "keys");
  }

  has(path) {
    return this.files.has(path);
  }

  /** Those of a kind, by their size or number. */
  ofKind(kind) {
    const order = (file) => file.size ?? file.number ?? 0n;
    const files = [...this.files.values()].filter((file) => file.kind === kind);
    return files.sort((one, two) => (order(one) < order(two) ? -1 : 1));
  }

  /** The bytes of a file; nothing where there is none. Of one that is longer than its kind can be, only one byte
      too many is read, so that its reader refuses it. */
  async read(path) {
    const file = this.files.get(path);
    if (file === undefined) return null;
    return new Uint8Array(await file.blob.slice(0, publishedMax(file) + 1).arrayBuffer());
  }
}

/** What stands before `tile/` where there is no checkpoint to go by. */
function commonFolder(members) {
  for (const { path } of members) {
    const at = path.search(/(?:^|\/)tile\//);
    if (at >= 0) return path.slice(0, path.indexOf("tile/", at));
  }
  return "";
}
