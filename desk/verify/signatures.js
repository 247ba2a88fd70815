// The verdict on a signature. The browser's own Ed25519 is fast and differs from browser to browser where keys or
// signatures are odd; so what is odd is refused here by its bytes, and a browser is believed only after it has
// answered some questions as the strict check does. Without it, all is computed in `ed25519.js`.

/** Questions on which implementations differ: [key, message, signature, whether it holds]. They are of Project
    Wycheproof's and C2SP CCTV's kinds: a plain signature and one that was changed; a key with a part of small
    order, once where the equation without cofactor holds, and once where only that with cofactor does. */
const QUESTIONS = [
  [
    "ef75b20e7540e3dff77404193652ba2bd13df99c1508eee1515e27ae25f28076",
    "65643235353139766563746f72732035",
    "b62cf890de42c413b11b1411c9f01f1c4d77aa87ef182258d1251f69af2a350640657f1cb030f12543549bbabd848dc6403d354e7c99c4d0dcee9f63c9033b00",
    true,
  ],
  [
    "ef75b20e7540e3dff77404193652ba2bd13df99c1508eee1515e27ae25f28076",
    "65643235353139766563746f727320352e",
    "b62cf890de42c413b11b1411c9f01f1c4d77aa87ef182258d1251f69af2a350640657f1cb030f12543549bbabd848dc6403d354e7c99c4d0dcee9f63c9033b00",
    false,
  ],
  [
    "10eb7c3acfb2bed3e0d6ab89bf5a3d6afddd1176ce4812e38d9fd485058fdb1f",
    "65643235353139766563746f72732035",
    "b62cf890de42c413b11b1411c9f01f1c4d77aa87ef182258d1251f69af2a350608f32d206a7c0b7efa9a59e66546e8f1f599ef843fb502c9cc3c4ae8b7c11e05",
    true,
  ],
  [
    "10eb7c3acfb2bed3e0d6ab89bf5a3d6afddd1176ce4812e38d9fd485058fdb1f",
    "65643235353139766563746f7273",
    "36684ea91032ba5b1dbab2d02f4debc74c3327f2b3802e2e4d371aa42b12b56bbbfd00bd9c259d8d222d15e67a3d8228585050dbb9b9585be20d8fadc721da03",
    true,
  ],
  [
    "10eb7c3acfb2bed3e0d6ab89bf5a3d6afddd1176ce4812e38d9fd485058fdb1f",
    "65643235353139766563746f72732033",
    "b62cf890de42c413b11b1411c9f01f1c4d77aa87ef182258d1251f69af2a3506030b03796b78f7afeadfccaedc9d09ce6d487d1ece1f16b1ae2b59b7e5c40603",
    false,
  ],
  [
    "ef75b20e7540e3dff77404193652ba2bd13df99c1508eee1515e27ae25f28076",
    "65643235353139766563746f72732033",
    "36684ea91032ba5b1dbab2d02f4debc74c3327f2b3802e2e4d371aa42b12b56b2d471882773a677af1e3824e757a33f8ddf7bbeaf3d28a09595eb8daa0d74a03",
    false,
  ],
];

class SignatureCheck {
  constructor(subtle) {
    this.subtle = subtle;
    this.keys = new Map();
    this.checked = 0;
  }

  /** Asks the browser, and leaves it aside where it has no Ed25519 or answers otherwise. */
  static async begin() {
    const own = new SignatureCheck(null);
    const subtle = globalThis.crypto?.subtle;
    if (!subtle) return own;
    const browsers = new SignatureCheck(subtle);
    for (const [key, message, signature, holds] of QUESTIONS) {
      const [k, m, s] = [key, message, signature].map((hex) => parseHex("question", hex, hex.length / 2));
      if ((await browsers.ask(k, m, s)) !== holds) return own;
    }
    return browsers;
  }

  /** By what signatures are checked, in words. */
  get by() {
    return this.subtle ? "the browser's own Ed25519, with byte checks of this page's" : "this page's own Ed25519";
  }

  /** Whether `signature` is that of `key` over `message`: S below the order, neither point of small order, R in
      its one form, and the equation without cofactor. All arguments are bytes. */
  async holds(key, message, signature) {
    this.checked += 1;
    if (signature.length !== 64 || key.length !== 32) return false;
    const r = signature.subarray(0, 32);
    if (!isScalar(signature.subarray(32)) || !isCanonical(r)) return false;
    if (isSmallOrder(r) || isSmallOrder(key)) return false;
    // A key that is written in a second way is hashed as it stands; some browsers would write it anew.
    const answer = this.subtle && isCanonical(key) ? await this.ask(key, message, signature) : null;
    return answer ?? equationHolds(key, message, signature);
  }

  /** The browser's answer; nothing where it gives none. */
  async ask(key, message, signature) {
    const imported = await this.imported(key);
    if (imported === null) return null;
    try {
      return await this.subtle.verify("Ed25519", imported, signature, message);
    } catch {
      return null;
    }
  }

  /** One import for each key: a book has few. */
  imported(key) {
    const name = encodeHex(key);
    if (!this.keys.has(name)) {
      const importing = this.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
      this.keys.set(name, importing.catch(() => null));
    }
    return this.keys.get(name);
  }
}

const PAYLOAD_TYPE = "application/vnd.minutebook.event.v1+json";

/** DSSE's pre-authentication encoding of some bytes under a payload type: what is signed instead of them. */
function authenticatedAs(type, payload) {
  return concatenate(encodeUtf8(`DSSEv1 ${type.length} ${type} ${payload.length} `), payload);
}

/** DSSE's pre-authentication encoding of an event: what its authors sign. */
function authenticated(event) {
  return authenticatedAs(PAYLOAD_TYPE, event);
}
