// What the reader brought: which file is what. What a file is follows from its bytes; where those don't tell, since
// they may be damaged, from its name.

const FILE_MAX = 2 * 1024 * 1024;

const KINDS_BY_BYTES = [
  ["receipt", /^c2sp\.org\/tlog-proof/],
  ["entry", /^minutebook\.entry\//],
  ["request", /^old [0-9]/],
  ["event", /^\{[^\n]*"specversion"/],
  ["disclosure", /^\["/],
  ["keys", /^(?:[0-9]+ )?[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]{43}=(?:\r?\n|$)/],
  ["policy", /^(?:#[^\n]*\n|[ \t]*\n)*(?:log|witness|group|quorum)[ \t]/],
  ["checkpoint", /\n\n\xe2\x80\x94 /],
];

const KINDS_BY_NAME = [
  ["receipt", /\.tlog-proof$/],
  ["log", /\.tar$/],
  ["keys", /vkey/],
  ["policy", /policy/],
  ["checkpoint", /checkpoint/],
  ["entry", /^entry/],
];

/** What each kind is called on the page. */
const KIND_WORDS = {
  receipt: "receipt",
  entry: "entry",
  request: "proof that a checkpoint extends another",
  event: "event, to compare with a receipt's",
  disclosure: "disclosure of a sealed field",
  keys: "verifier keys",
  policy: "policy",
  checkpoint: "checkpoint",
  log: "published log",
  unknown: "not recognised",
};

/** Sorts files, each with a path and a blob, by what they are. Loose files are read; a log is not. */
async function sortMaterial(files) {
  const items = [];
  const loose = files.filter(({ path }) => !path.includes("/"));
  for (const [folder, members] of folders(files)) {
    const published = new Published(members);
    if (published.isEmpty) loose.push(...members);
    else items.push({ kind: "log", name: folder, published, size: members.length, unit: "files" });
  }
  for (const { path, blob } of loose) items.push(await recognise(path, blob));
  return items;
}

function folders(files) {
  const found = new Map();
  for (const file of files.filter(({ path }) => path.includes("/"))) {
    const folder = file.path.slice(0, file.path.indexOf("/"));
    if (!found.has(folder)) found.set(folder, []);
    found.get(folder).push(file);
  }
  return found;
}

async function recognise(path, blob) {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const item = { name, size: blob.size, unit: "bytes" };
  const start = await readPart(blob, 0, TAR_BLOCK);
  if (isTarHeader(start) || (/\.tar$/.test(name) && blob.size > FILE_MAX)) return { ...item, kind: "log", blob };
  if (blob.size > FILE_MAX) return { ...item, kind: "unknown" };
  const bytes = await readPart(blob, 0, blob.size);
  const text = decodeLatin1(bytes);
  const byBytes = KINDS_BY_BYTES.find(([, form]) => form.test(text));
  const byName = KINDS_BY_NAME.find(([, form]) => form.test(name));
  const kind = (byBytes ?? byName ?? ["unknown"])[0];
  return { ...item, kind, bytes, blob, digest: encodeHex(sha256(bytes)) };
}

/** The published log of an item: in a folder, or in a tar of one. */
async function publishedOf(item) {
  const published = item.published ?? new Published(await listTar(item.blob));
  if (published.isEmpty) throw new Malformed("tar", "neither checkpoint nor tile/", "the files of a published log");
  return published;
}
