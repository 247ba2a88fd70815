// Ed25519 (RFC 8032) as the strict check has it, in whole numbers of the language: slow, short, and without
// the differences between browsers. Nothing here is secret, so nothing need take the same time.

const P = (1n << 255n) - 19n;
/** The order of the group that honest keys are in. */
const GROUP_ORDER = (1n << 252n) + 27742317777372353535851937790883648493n;

function modP(value) {
  const rest = value % P;
  return rest < 0n ? rest + P : rest;
}

function powerP(base, exponent) {
  let [result, square] = [1n, modP(base)];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}

const CURVE_D = modP(-121665n * powerP(121666n, P - 2n));
const ROOT_OF_MINUS_ONE = powerP(2n, (P - 1n) / 4n);

function littleEndian(bytes) {
  return BigInt(`0x${encodeHex(bytes.slice().reverse())}`);
}

/** A point as (X : Y : Z : T) with x = X/Z, y = Y/Z, xy = T/Z. */
const NEUTRAL = { x: 0n, y: 1n, z: 1n, t: 0n };

/** The y of 32 bytes as it is written, which may be p or more, and the sign of x. */
function encodedPoint(bytes) {
  const written = littleEndian(bytes);
  return { y: written & ((1n << 255n) - 1n), isOdd: written >> 255n === 1n };
}

/** The point that these 32 bytes are; nothing where they are none. Like the first implementation, it takes a y
    of p or more; who must not take one asks `isCanonical`. */
function decompressPoint(bytes) {
  const { y, isOdd } = encodedPoint(bytes);
  const u = modP(y * y - 1n);
  const v = modP(CURVE_D * y * y + 1n);
  const v3 = modP(v * v * v);
  let x = modP(u * v3 * powerP(u * v3 * v3 * v, (P - 5n) / 8n));
  const check = modP(v * x * x);
  if (check === modP(-u)) x = (x * ROOT_OF_MINUS_ONE) % P;
  else if (check !== u) return null;
  if ((x & 1n) === 1n !== isOdd) x = modP(-x);
  return { x, y: modP(y), z: 1n, t: modP(x * y) };
}

function compressPoint({ x, y, z }) {
  const inverse = powerP(z, P - 2n);
  const written = modP(y * inverse) | ((modP(x * inverse) & 1n) << 255n);
  return parseHex("point", written.toString(16).padStart(64, "0"), 32).reverse();
}

/** The sum of two points: add-2008-hwcd, which is right for every pair on this curve. */
function addPoints(one, two) {
  const a = one.x * two.x;
  const b = one.y * two.y;
  const c = ((one.t * two.t) % P) * CURVE_D;
  const d = one.z * two.z;
  const e = modP((one.x + one.y) * (two.x + two.y) - a - b);
  const [f, g, h] = [modP(d - c), modP(d + c), modP(b + a)];
  return { x: (e * f) % P, y: (g * h) % P, z: (f * g) % P, t: (e * h) % P };
}

/** [a]one + [b]two. */
function multiplyTwo(a, one, b, two) {
  const sums = [NEUTRAL, one, two, addPoints(one, two)];
  let sum = NEUTRAL;
  for (let bit = 255n; bit >= 0n; bit -= 1n) {
    sum = addPoints(sum, sum);
    const chosen = Number((a >> bit) & 1n) + 2 * Number((b >> bit) & 1n);
    if (chosen > 0) sum = addPoints(sum, sums[chosen]);
  }
  return sum;
}

const BASE_POINT = decompressPoint(parseHex("base point", `58${"66".repeat(31)}`, 32));

/** The y of one of the four points of order 8; that of two others is its negative. */
const ORDER_8 = littleEndian(parseHex("point", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", 32));

/** The y of every point of small order: 1, -1, 0 and the two of order 8; and those of them that fit a second time
    below 2^255. The sign of x does not matter. */
const SMALL_ORDER = new Set([0n, 1n, P - 1n, P, P + 1n, ORDER_8, P - ORDER_8]);

/** Whether these 32 bytes are a point of small order, for which anybody can sign anything. */
function isSmallOrder(bytes) {
  return SMALL_ORDER.has(encodedPoint(bytes).y);
}

/** Whether these 32 bytes are the one canonical way to write their y. */
function isCanonical(bytes) {
  return encodedPoint(bytes).y < P;
}

/** Whether S, the second half of a signature, is below the group's order: there is a second signature for each
    message otherwise. */
function isScalar(bytes) {
  return littleEndian(bytes) < GROUP_ORDER;
}

/** The equation of RFC 8032 without cofactor, [S]B = R + [k]A, compared as bytes; all other checks are the
    caller's. */
function equationHolds(key, message, signature) {
  const point = decompressPoint(key);
  if (point === null) return false;
  const [r, s] = [signature.subarray(0, 32), littleEndian(signature.subarray(32))];
  const k = littleEndian(sha512(concatenate(r, key, message))) % GROUP_ORDER;
  const minus = { ...point, x: modP(-point.x), t: modP(-point.t) };
  return sameBytes(compressPoint(multiplyTwo(s, BASE_POINT, k, minus)), r);
}

/** Refuses what may not be a key: no point, one of small order, one written in a second way. */
function checkKey(bytes) {
  const needed = "an Ed25519 public key of full order (RFC 8032)";
  const refuse = (why) => new Malformed("key", `${encodeHex(bytes)}, ${why}`, needed);
  if (decompressPoint(bytes) === null) throw refuse("which is no point");
  if (isSmallOrder(bytes)) throw refuse("a weak key");
  if (!isCanonical(bytes)) throw refuse("not the canonical encoding of its point");
}
