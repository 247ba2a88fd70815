// BLAKE3, plain, 32 bytes: the hash that links entry to entry, and that `b3sum` prints.

const BLAKE3_START = Int32Array.of(
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
);
const BLAKE3_PERMUTATION = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];
/** Which word of a block stands where in each of the seven rounds. */
const BLAKE3_ROUNDS = [Array.from({ length: 16 }, (_, i) => i)];
while (BLAKE3_ROUNDS.length < 7) {
  const before = BLAKE3_ROUNDS.at(-1);
  BLAKE3_ROUNDS.push(BLAKE3_PERMUTATION.map((from) => before[from]));
}
const [CHUNK_START, CHUNK_END, PARENT, ROOT] = [1, 2, 4, 8];
const [BLOCK_BYTES, CHUNK_BYTES] = [64, 1024];

/** The BLAKE3 hash of these bytes: 32 bytes. */
function blake3(input) {
  const output = blake3Tree(input, 0);
  const words = blake3Compress(output.state, output.block, output.counter, output.length, output.flags | ROOT);
  const digest = new Uint8Array(32);
  const view = new DataView(digest.buffer);
  words.forEach((word, i) => view.setInt32(4 * i, word, true));
  return digest;
}

/** What comes last over these bytes, of which the first is in chunk number `first`; not compressed yet. */
function blake3Tree(input, first) {
  if (input.length <= CHUNK_BYTES) return blake3Chunk(input, first);
  // The left side is the largest whole power of two of chunks that leaves something for the right.
  const chunks = Math.ceil(input.length / CHUNK_BYTES);
  const left = 2 ** (31 - Math.clz32(chunks - 1));
  const block = new Int32Array(16);
  block.set(blake3Chained(blake3Tree(input.subarray(0, left * CHUNK_BYTES), first)), 0);
  block.set(blake3Chained(blake3Tree(input.subarray(left * CHUNK_BYTES), first + left)), 8);
  return { state: BLAKE3_START, block, counter: 0, length: BLOCK_BYTES, flags: PARENT };
}

function blake3Chained({ state, block, counter, length, flags }) {
  return blake3Compress(state, block, counter, length, flags);
}

function blake3Chunk(chunk, counter) {
  let [state, flags] = [BLAKE3_START, CHUNK_START];
  const last = Math.max(Math.ceil(chunk.length / BLOCK_BYTES) - 1, 0) * BLOCK_BYTES;
  for (let at = 0; at < last; at += BLOCK_BYTES) {
    state = blake3Compress(state, blake3Words(chunk, at), counter, BLOCK_BYTES, flags);
    flags = 0;
  }
  const length = chunk.length - last;
  return { state, block: blake3Words(chunk, last), counter, length, flags: flags | CHUNK_END };
}

function blake3Words(chunk, at) {
  const block = new Uint8Array(BLOCK_BYTES);
  block.set(chunk.subarray(at, at + BLOCK_BYTES));
  const view = new DataView(block.buffer);
  const words = new Int32Array(16);
  for (let i = 0; i < 16; i += 1) words[i] = view.getInt32(4 * i, true);
  return words;
}

function blake3Compress(state, block, counter, length, flags) {
  const v = new Int32Array(16);
  v.set(state, 0);
  for (let i = 0; i < 4; i += 1) v[8 + i] = BLAKE3_START[i];
  v[12] = counter | 0;
  v[13] = Math.floor(counter / 2 ** 32);
  v[14] = length;
  v[15] = flags;
  for (const from of BLAKE3_ROUNDS) {
    blake3Mix(v, 0, 4, 8, 12, block[from[0]], block[from[1]]);
    blake3Mix(v, 1, 5, 9, 13, block[from[2]], block[from[3]]);
    blake3Mix(v, 2, 6, 10, 14, block[from[4]], block[from[5]]);
    blake3Mix(v, 3, 7, 11, 15, block[from[6]], block[from[7]]);
    blake3Mix(v, 0, 5, 10, 15, block[from[8]], block[from[9]]);
    blake3Mix(v, 1, 6, 11, 12, block[from[10]], block[from[11]]);
    blake3Mix(v, 2, 7, 8, 13, block[from[12]], block[from[13]]);
    blake3Mix(v, 3, 4, 9, 14, block[from[14]], block[from[15]]);
  }
  const words = new Int32Array(8);
  for (let i = 0; i < 8; i += 1) words[i] = v[i] ^ v[i + 8];
  return words;
}

function blake3Mix(v, a, b, c, d, x, y) {
  v[a] = v[a] + v[b] + x;
  v[d] = turnedRight(v[d] ^ v[a], 16);
  v[c] = v[c] + v[d];
  v[b] = turnedRight(v[b] ^ v[c], 12);
  v[a] = v[a] + v[b] + y;
  v[d] = turnedRight(v[d] ^ v[a], 8);
  v[c] = v[c] + v[d];
  v[b] = turnedRight(v[b] ^ v[c], 7);
}

function turnedRight(word, by) {
  return (word >>> by) | (word << (32 - by));
}
