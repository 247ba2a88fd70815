// scrypt (RFC 7914): a key from a passphrase, at a cost in memory. Browsers have its outer half, PBKDF2, alone.

/** The most memory that it may take here, in bytes. */
const SCRYPT_BYTES_MAX = 256 * 1024 * 1024;

/** `length` bytes from a passphrase by PBKDF2 (RFC 8018) with this hash, `SHA-256` or another of the browser's. */
async function pbkdf2(passphrase, salt, iterations, hash, length) {
  const key = await crypto.subtle.importKey("raw", passphrase, "PBKDF2", false, ["deriveBits"]);
  const bits = await crypto.subtle.deriveBits({ name: "PBKDF2", salt, iterations, hash }, key, 8 * length);
  return new Uint8Array(bits);
}

/** `length` bytes from a passphrase: cost `n`, a power of two; block size `r`; parallelism `p`. */
async function scrypt(passphrase, salt, { n, r, p }, length) {
  const isCost = n > 1 && (n & (n - 1)) === 0 && r > 0 && p > 0 && p <= 16;
  if (!isCost || 128 * r * (n + 2) > SCRYPT_BYTES_MAX) {
    throw new Malformed("key file", `scrypt with n ${n}, r ${r}, p ${p}`, "n a power of two, and at most 256 MiB of memory");
  }
  const blocks = await pbkdf2(passphrase, salt, 1, "SHA-256", 128 * r * p);
  for (let at = 0; at < p; at += 1) mixBlock(blocks.subarray(128 * r * at, 128 * r * (at + 1)), n, r);
  return pbkdf2(passphrase, blocks, 1, "SHA-256", length);
}

/** scryptROMix, in place. */
function mixBlock(bytes, n, r) {
  const words = 32 * r;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let block = Uint32Array.from({ length: words }, (_, at) => view.getUint32(4 * at, true));
  let spare = new Uint32Array(words);
  const kept = new Uint32Array(words * n);
  const turn = () => {
    mixWords(block, spare, r);
    [block, spare] = [spare, block];
  };
  for (let at = 0; at < n; at += 1) {
    kept.set(block, at * words);
    turn();
  }
  for (let at = 0; at < n; at += 1) {
    const from = (block[words - 16] & (n - 1)) * words;
    for (let word = 0; word < words; word += 1) block[word] ^= kept[from + word];
    turn();
  }
  block.forEach((word, at) => view.setUint32(4 * at, word, true));
}

/** scryptBlockMix: the even blocks come first, then the odd ones. */
function mixWords(input, output, r) {
  const x = input.slice(16 * (2 * r - 1));
  for (let at = 0; at < 2 * r; at += 1) {
    for (let word = 0; word < 16; word += 1) x[word] ^= input[16 * at + word];
    salsa20Words(x);
    output.set(x, 16 * ((at >> 1) + (at % 2) * r));
  }
}

/** Which words a quarter round of Salsa20 works on: four columns, then four rows. */
const SALSA_ROUNDS = [
  [0, 4, 8, 12], [5, 9, 13, 1], [10, 14, 2, 6], [15, 3, 7, 11],
  [0, 1, 2, 3], [5, 6, 7, 4], [10, 11, 8, 9], [15, 12, 13, 14],
];

/** Salsa20/8 (RFC 7914, section 3), in place. */
function salsa20Words(x) {
  const before = x.slice();
  const turned = (sum, by) => (sum << by) | (sum >>> (32 - by));
  for (let round = 0; round < 4; round += 1) {
    for (const [a, b, c, d] of SALSA_ROUNDS) {
      x[b] ^= turned((x[a] + x[d]) | 0, 7);
      x[c] ^= turned((x[b] + x[a]) | 0, 9);
      x[d] ^= turned((x[c] + x[b]) | 0, 13);
      x[a] ^= turned((x[d] + x[c]) | 0, 18);
    }
  }
  for (let word = 0; word < 16; word += 1) x[word] += before[word];
}
