// Asks the checks of verify.html the questions of a file, one a line, and prints the answers, one a line: `accepted`,
// or where they refuse. Usage: node readers.js VERIFY_HTML SPEC_VECTORS QUESTIONS
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");

// Where Node is older it has the browser's functions without their name.
globalThis.crypto ??= require("node:crypto").webcrypto;
const [, , page, vectors, questions] = process.argv;
const script = /<script>([^]*)<\/script>/.exec(fs.readFileSync(page, "utf8"))[1];
const api = vm.runInThisContext(`(() => {${script}; return checks(); })()`);
const read = (...names) => new Uint8Array(fs.readFileSync(path.join(vectors, ...names)));

const book = (name, after) => Array.from({ length: after }, (_, at) => read(name, `entry-${at}.txt`));
const roots = Buffer.from(read("roots.txt")).toString().trimEnd().split("\n");
const head = (size) => ({ size: BigInt(size), root: api.parseTreeHash("root", roots[size].split(" ")[1]) });
const hashes = (bytes) => lines(bytes).map((line) => api.parseTreeHash("hash", line));
const lines = (bytes) => Buffer.from(bytes).toString().split("\n").filter((line) => line !== "");
const policy = () => api.parsePolicy(read("policy.txt"));
const keysOf = (folder) => api.parseLogKeys(read(folder, "vkey"));

function extended(name, after, bytes) {
  const chain = new api.Chain();
  book(name, after).forEach((entry) => chain.extend(entry));
  const before = chain.head;
  try {
    chain.extend(bytes);
  } finally {
    if (chain.head !== before && chain.size === after) throw new Error("a refusal changed the chain");
  }
}

async function trusted(checkpoint, check) {
  const { logs, witnesses } = policy();
  await api.logSigner(checkpoint, logs, check);
  const cosigned = await api.cosignatures(checkpoint, witnesses.map(({ key }) => key), check);
  if (checkpoint.size === 0n) throw new api.TrustRefusal("empty", "size 0");
  if (!policy().isMetBy(cosigned.map(({ witness }) => witness))) throw new api.TrustRefusal("quorum", "too few");
}

/** A receipt as the page checks it, with the first implementation's order of refusals. */
async function received(bytes, check) {
  const trust = new api.Trust();
  trust.add(read("policy.txt"));
  const item = { kind: "receipt", name: "receipt", bytes };
  const record = await api.receiptRecord(item, trust, check);
  const refused = record.rows.find(({ state }) => state === "fails") ?? record.rows.find(({ reason }) => reason === "quorum");
  if (refused) return record.reason ?? refused.reason;
  return record.rows.every(({ state }) => state === "holds") ? "accepted" : "open";
}

/** The small book with other bytes for one entry: its chain, that entry's signatures, and its root. */
async function bookWith(at, bytes, check) {
  const [chain, tree] = [new api.Chain(), new api.Frontier()];
  for (const [position, entry] of book("book", roots.length - 1).entries()) {
    const read = chain.extend(position === at ? bytes : entry);
    if (position === at && (await api.falseSignature(read, check)) !== null) return "signed";
    tree.append(api.leafHash(position === at ? bytes : entry), () => {});
  }
  const root = api.encodeBase64(tree.root());
  return root === roots.at(-1).split(" ")[1] ? null : "root";
}

/** The small book's published folder with other bytes for one file, as the whole page checks it. */
async function folderWith(file, bytes) {
  const files = folderFiles(path.join(vectors, "published"), "published");
  const blob = new Blob([bytes]);
  const changed = files.map((one) => (one.path === `published/${file}` ? { ...one, blob } : one));
  const policy = { path: "policy.txt", blob: new Blob([read("policy.txt")]) };
  const report = await api.runJob({ files: [...changed, policy], typed: "", kept: [], now: "2026-01-01T00:00:00.000000Z" }, () => {});
  return report.outcome === "holds" ? null : report.outcome;
}

function folderFiles(folder, name) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((item) => {
    const inner = path.join(folder, item.name);
    if (item.isDirectory()) return folderFiles(inner, `${name}/${item.name}`);
    return [{ path: `${name}/${item.name}`, blob: new Blob([fs.readFileSync(inner)]) }];
  });
}

const NAMED = {
  event: (bytes) => api.parseEvent(bytes),
  entry: (bytes) => api.parseEntry(bytes),
  note: (bytes) => api.parseNote(bytes),
  vkey: (bytes) => api.parseVerifierKey(api.decodeUtf8(bytes)),
  policy: (bytes) => api.parsePolicy(bytes),
  receipt: (bytes) => api.parseReceipt(bytes),
  request: (bytes) => api.parseRequest(bytes),
  checkpoint: (bytes) => api.parseCheckpoint(bytes),
  "log-keys": (bytes) => api.parseLogKeys(bytes),
  path: (bytes) => api.parsePublishedPath(api.decodeUtf8(bytes)) ?? "path",
  signatures: async (bytes, check) => ((await api.falseSignature(api.parseEntry(bytes), check)) === null ? null : "signed"),
  trust: (bytes, check) => trusted(api.parseCheckpoint(bytes), check),
  received,
  "hand-over": async (bytes, check) => {
    const isByOld = await api.checkHandOver(keysOf("published-rotated"), api.parseCheckpoint(bytes), check);
    return isByOld === null ? "size" : isByOld ? null : "old";
  },
};

async function claimed(reader, bytes, check) {
  if (reader.chain) return extended(reader.chain, reader.after, bytes);
  if (reader.inclusion) {
    const { entry, position, size } = reader.inclusion;
    return api.checkInclusion(read("book", `entry-${entry}.txt`), BigInt(position), head(size), hashes(bytes));
  }
  if (reader.consistency) return api.checkConsistency(head(reader.consistency.old), head(reader.consistency.new), hashes(bytes));
  if (reader.hash_tile) return void api.parseHashTile(reader.hash_tile, bytes);
  if (reader.bundle) return void api.parseBundle(reader.bundle, bytes);
  if (reader.digest) return api.encodeHex(api[reader.digest](bytes));
  if (reader.book) return bookWith(reader.book.entry, bytes, check);
  if (reader.folder) return folderWith(reader.folder, bytes);
  if (reader.signature) {
    const [key, signature] = [reader.signature.key, reader.signature.bytes].map((hex) => new Uint8Array(Buffer.from(hex, "hex")));
    return (await check.holds(key, bytes, signature)) ? null : "signature";
  }
  const keys = keysOf("published").map(({ key }) => key);
  const status = await api.judgeRequest(api.parseRequest(bytes), keys, reader.witness > 0 ? head(reader.witness) : null, check);
  return status === 200 ? null : String(status);
}

async function answer({ reader, bytes }, check) {
  const raw = new Uint8Array(bytes.hex !== undefined ? Buffer.from(bytes.hex, "hex") : Buffer.from(bytes.text));
  try {
    const read = typeof reader === "string" ? NAMED[reader] : (bytes, check) => claimed(reader, bytes, check);
    const refused = await read(raw, check);
    return typeof refused === "string" ? refused : "accepted";
  } catch (error) {
    const isRefusal = [api.Malformed, api.ChainRefusal, api.TrustRefusal, api.ProofRefusal].some((kind) => error instanceof kind);
    if (!isRefusal) throw error;
    return error.reason ?? error.at;
  }
}

async function main() {
  const own = new api.SignatureCheck(null);
  const browsers = await api.SignatureCheck.begin();
  if (browsers.subtle === null) throw new Error("this Node has no Ed25519 that passes the page's questions");
  for (const line of fs.readFileSync(questions, "utf8").split("\n").filter((line) => line !== "")) {
    const question = JSON.parse(line);
    process.stdout.write(`${await answer(question, question.own ? own : browsers)}\n`);
  }
}

main();
