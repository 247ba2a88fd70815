// SHA-256 and SHA-512 (FIPS 180-4). The browser has its own, but only where the page came over a safe
// connection, and only as a promise for each of a million leaves.

/** The first `count` primes, from whose roots the constants of SHA-2 come. */
function firstPrimes(count) {
  const primes = [];
  for (let n = 2; primes.length < count; n += 1) {
    if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  }
  return primes;
}

/** The first 64 bits behind the point of the `degree`th root of n, in whole numbers throughout. */
function rootFraction(n, degree) {
  const target = BigInt(n) << (64n * degree);
  let [low, high] = [0n, 1n << 72n];
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** degree <= target) low = middle;
    else high = middle;
  }
  return BigInt.asUintN(64, low);
}

const SHA512_ROUND = firstPrimes(80).map((prime) => rootFraction(prime, 3n));
const SHA512_START = firstPrimes(8).map((prime) => rootFraction(prime, 2n));
// Those of SHA-256 are the upper halves of the same fractions.
const SHA256_ROUND = Int32Array.from(SHA512_ROUND.slice(0, 64), (word) => Number(word >> 32n) | 0);
const SHA256_START = Int32Array.from(SHA512_START, (word) => Number(word >> 32n) | 0);

/** The message with its padding: a bit, zeros, and its length in bits at the end of a block. */
function shaPadded(message, blockBytes, lengthBytes) {
  const length = Math.ceil((message.length + 1 + lengthBytes) / blockBytes) * blockBytes;
  const padded = new Uint8Array(length);
  padded.set(message);
  padded[message.length] = 0x80;
  const bits = BigInt(message.length) * 8n;
  new DataView(padded.buffer).setBigUint64(length - 8, bits);
  return padded;
}

/** The SHA-256 of these bytes: 32 bytes. */
function sha256(message) {
  const padded = shaPadded(message, 64, 8);
  const view = new DataView(padded.buffer);
  const state = SHA256_START.slice();
  const w = new Int32Array(64);
  for (let block = 0; block < padded.length; block += 64) {
    for (let i = 0; i < 16; i += 1) w[i] = view.getInt32(block + 4 * i);
    for (let i = 16; i < 64; i += 1) w[i] = sha256Scheduled(w, i);
    sha256Block(state, w);
  }
  const digest = new Uint8Array(32);
  const out = new DataView(digest.buffer);
  state.forEach((word, i) => out.setInt32(4 * i, word));
  return digest;
}

function sha256Scheduled(w, i) {
  const [x, y] = [w[i - 15], w[i - 2]];
  const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
  const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
  return (w[i - 16] + s0 + w[i - 7] + s1) | 0;
}

function sha256Block(state, w) {
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + SHA256_ROUND[i] + w[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => (state[i] = (state[i] + word) | 0));
}

/** The SHA-512 of these bytes: 64 bytes. Only our own check of signatures needs it. */
function sha512(message) {
  const padded = shaPadded(message, 128, 16);
  const view = new DataView(padded.buffer);
  const word = (value) => BigInt.asUintN(64, value);
  const turned = (value, by) => word((value >> by) | (value << (64n - by)));
  let state = SHA512_START;
  for (let block = 0; block < padded.length; block += 128) {
    const w = Array.from({ length: 16 }, (_, i) => view.getBigUint64(block + 8 * i));
    for (let i = 16; i < 80; i += 1) {
      const [x, y] = [w[i - 15], w[i - 2]];
      const s0 = turned(x, 1n) ^ turned(x, 8n) ^ (x >> 7n);
      const s1 = turned(y, 19n) ^ turned(y, 61n) ^ (y >> 6n);
      w.push(word(w[i - 16] + s0 + w[i - 7] + s1));
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 80; i += 1) {
      const s1 = turned(e, 14n) ^ turned(e, 18n) ^ turned(e, 41n);
      const t1 = h + s1 + ((e & f) ^ (word(~e) & g)) + SHA512_ROUND[i] + w[i];
      const s0 = turned(a, 28n) ^ turned(a, 34n) ^ turned(a, 39n);
      const t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, word(d + t1), c, b, a, word(t1 + t2)];
    }
    state = [a, b, c, d, e, f, g, h].map((value, i) => word(value + state[i]));
  }
  const digest = new Uint8Array(64);
  const out = new DataView(digest.buffer);
  state.forEach((value, i) => out.setBigUint64(8 * i, value));
  return digest;
}
