// Key files: one Ed25519 private key as PEM PKCS#8 (RFC 5958, RFC 8410), in the clear or under a passphrase (PBES2, RFC 8018).
// What the command line writes, and OpenSSL, opens here.

const KEY_FILE_MAX = 4096;
const OID_ED25519 = "2b6570";
const OID_PBES2 = "2a864886f70d01050d";
const OID_PBKDF2 = "2a864886f70d01050c";
const OID_SCRYPT = "2b06010401da47040b";

/** What PBKDF2 hashes with; where none is named, SHA-1. */
const PBKDF2_HASHES = { "2a864886f70d0207": "SHA-1", "2a864886f70d0209": "SHA-256", "2a864886f70d020a": "SHA-384", "2a864886f70d020b": "SHA-512" };

/** AES in CBC mode: how many bytes its key has. */
const AES_CBC_BYTES = { "608648016503040102": 16, "608648016503040116": 24, "60864801650304012a": 32 };

const PBKDF2_MAX = 10000000;

/** The label and bytes of a PEM text (RFC 7468). */
function pemOf(text) {
  const refuse = (found) => new Malformed("key file", found, "a private key as PEM PKCS#8, which `minutebook key new` makes");
  if (text.length > KEY_FILE_MAX) throw refuse(`${text.length} characters`);
  // There may be other text around it (RFC 7468, section 2), and no second key.
  const form = /-----BEGIN ([A-Z0-9 ]+)-----\r?\n([A-Za-z0-9+/=\r\n]*?)\r?\n?-----END \1-----/g;
  const found = [...text.matchAll(form)];
  if (found.length > 1) throw refuse("more than one of them");
  const [, label, lines] = found[0] ?? [];
  if (label === undefined) throw refuse(text.includes("Proc-Type") ? "OpenSSL's older way of encrypting (openssl pkey writes it anew)" : "something else");
  if (label === "PUBLIC KEY") throw refuse("a public key");
  if (!label.endsWith("PRIVATE KEY")) throw refuse(`a ${label.toLowerCase()}`);
  const bytes = decodeBase64(lines.replaceAll(/[\r\n]/g, ""));
  if (bytes === null) throw refuse("a private key that is damaged");
  return { label, bytes };
}

/** Why a passphrase does not open a key file. */
class PassphraseRefusal extends Error {
  constructor(says) {
    super(says);
    this.name = "PassphraseRefusal";
  }
}

/** The key in a PEM text: its public half as hexadecimal, and what signs, which the page can't read. */
async function openKeyFile(text, passphrase) {
  const { label, bytes } = pemOf(text);
  if (label === "PRIVATE KEY") return keyOfSeed(seedOf(bytes));
  if (label !== "ENCRYPTED PRIVATE KEY") throw new Malformed("key file", `a ${label.toLowerCase()}`, "an Ed25519 key as PKCS#8");
  if (passphrase === "") throw new PassphraseRefusal("This key is under a passphrase. Type it.");
  const plain = await decrypted(bytes, encodeUtf8(passphrase));
  try {
    return await keyOfSeed(seedOf(plain));
  } finally {
    plain.fill(0);
  }
}

/** The 32 bytes of an Ed25519 key in PKCS#8. */
function seedOf(bytes) {
  const info = new DerReader(bytes).sequence("a private key");
  if (info.number("a version") > 1) throw new Malformed("key file", "a later version of PKCS#8", "version 0 or 1");
  const algorithm = info.sequence("an algorithm").oid("an algorithm");
  if (algorithm !== OID_ED25519) throw new Malformed("key file", "a private key of another kind", "Ed25519 (RFC 8410)");
  const seed = new DerReader(info.octets("a private key")).octets("a private key");
  if (seed.length !== 32) throw new Malformed("key file", `a key of ${seed.length} bytes`, "32 bytes");
  return seed;
}

async function decrypted(bytes, passphrase) {
  const unknown = (what) => new Malformed("key file", `${what} that this page does not know`, "PBES2 with PBKDF2 or scrypt and AES in CBC mode: openssl pkcs8 -topk8 -v2 aes-256-cbc writes it anew");
  const info = new DerReader(bytes).sequence("an encrypted private key");
  const algorithm = info.sequence("a way of encrypting");
  if (algorithm.oid("a way of encrypting") !== OID_PBES2) throw unknown("a way of encrypting");
  const scheme = algorithm.sequence("PBES2's parameters");
  const derivation = scheme.sequence("a derivation of keys");
  const cipher = scheme.sequence("a cipher");
  const length = AES_CBC_BYTES[cipher.oid("a cipher")];
  if (length === undefined) throw unknown("a cipher");
  const iv = cipher.octets("an initial vector");
  const secret = await derivedKey(derivation, passphrase, length, unknown);
  const key = await crypto.subtle.importKey("raw", secret, "AES-CBC", false, ["decrypt"]);
  secret.fill(0);
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-CBC", iv }, key, info.octets("the encrypted key")));
  } catch (error) {
    if (error instanceof Malformed) throw error;
    throw new PassphraseRefusal("This passphrase does not open the key. Capitals count.");
  }
}

async function derivedKey(derivation, passphrase, length, unknown) {
  const way = derivation.oid("a derivation of keys");
  const parameters = derivation.sequence("its parameters");
  const salt = parameters.octets("a salt");
  const number = () => parameters.number("a cost");
  const cost = number();
  if (way === OID_PBKDF2) {
    if (parameters.has(DER_INTEGER)) number();
    const hash = parameters.isAtEnd ? "SHA-1" : PBKDF2_HASHES[parameters.sequence("a hash").oid("a hash")];
    if (hash === undefined) throw unknown("a hash");
    if (cost > PBKDF2_MAX) throw new Malformed("key file", `${cost} rounds`, `at most ${PBKDF2_MAX}`);
    return pbkdf2(passphrase, salt, cost, hash, length);
  }
  if (way === OID_SCRYPT) return scrypt(passphrase, salt, { n: cost, r: number(), p: number() }, length);
  throw unknown("a derivation of keys");
}

/** How PKCS#8 writes an Ed25519 key (RFC 8410, section 7): these bytes, then the key's 32. */
const PKCS8_BEFORE = "302e020100300506032b657004220420";

/** The key of a seed. The browser says its public half of a copy that it gives out; the one that signs it keeps to itself. */
async function keyOfSeed(seed) {
  const whole = concatenate(parseHex("key", PKCS8_BEFORE, 16), seed);
  try {
    const open = await importPrivate(whole, true);
    const { x } = await crypto.subtle.exportKey("jwk", open);
    const publicKey = encodeLatin1(atob(x.replaceAll("-", "+").replaceAll("_", "/")));
    return { key: encodeHex(publicKey), signer: await importPrivate(whole, false), kept: "file" };
  } finally {
    whole.fill(0);
    seed.fill(0);
  }
}

async function importPrivate(whole, isOpen) {
  return crypto.subtle.importKey("pkcs8", whole, "Ed25519", isOpen, ["sign"]);
}
