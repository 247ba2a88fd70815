// The one place where a key is used. A key that signs is { key, signer, kept }: its public half as hexadecimal, what the browser
// signs with and nobody reads, and in what it is kept: `device` or `file`.

/** What a key signs to prove that it works: never the encoding of an event. */
const PROOF_TYPE = "application/vnd.minutebook.key-proof.v1";

/** What a key signs to show a server that somebody holds it: server, ledger, key, the server's challenge and what it is for on a line each. */
const SIGN_IN_TYPE = "application/vnd.minutebook.sign-in.v1";

async function signAs(type, payload, { key, signer }, check) {
  const message = authenticatedAs(type, payload);
  const signature = new Uint8Array(await crypto.subtle.sign("Ed25519", signer, message));
  if (!(await check.holds(parseHex("key", key, 32), message, signature))) {
    throw new Error("What this browser signed does not hold. Nothing was kept of it: use another browser, or the command line.");
  }
  return signature;
}

/** Signs those of the drafts that are to be signed by this key and are not yet. Returns how many. What a browser that signs
    otherwise each time would sign again stays as it was first. */
async function signDrafts(drafts, held, check) {
  const open = drafts.filter((draft) => missingOf(draft).some(({ key }) => key === held.key));
  for (const draft of open) {
    // What is signed is what was read and shown: these very bytes.
    const signature = await signAs(PAYLOAD_TYPE, draft.event.bytes, held, check);
    await addSignature(draft, held.key, signature, check);
  }
  return open.length;
}

/** Checks that a key signs, and that what it signs holds. */
async function proveKey(held, check) {
  const random = crypto.getRandomValues(new Uint8Array(32));
  await signAs(PROOF_TYPE, random, held, check);
}

/** Shows that somebody holds a key, to the server at `origin` that gave the challenge. It is no event, and lets nothing be recorded. */
async function signIn(held, { origin, ledger, challenge, act }, check) {
  const lines = [origin, ledger, held.key, challenge, act];
  if (lines.some((line) => !/^[\x20-\x7e]{1,300}$/.test(line))) throw new Malformed("challenge", "no line of plain letters", "what the server signs people in by");
  return encodeBase64(await signAs(SIGN_IN_TYPE, encodeUtf8(lines.map((line) => `${line}\n`).join("")), held, check));
}

/** Whether this browser can sign at all; else why not, and what to do. */
async function signingTrouble() {
  const otherwise = "Sign on the command line instead: minutebook sign DRAFT --key KEY.pem.";
  if (!globalThis.crypto?.subtle) {
    return `This page did not come over https, so the browser does not let it sign. Open it over https, or save it and open the file. ${otherwise}`;
  }
  try {
    await makePair();
    return null;
  } catch {
    return `This browser has no Ed25519: Firefox has it from 129, Safari from 17, Chrome from 137. ${otherwise}`;
  }
}

/** How often a pair is asked for before it is given up. */
const PAIRS_MAX = 8;

/** A pair of keys of which nobody can read the private half. WebKit on Linux fails at about one in eighty, by chance: the next is
    another. */
async function makePair() {
  for (let tried = 1; ; tried += 1) {
    try {
      return await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
    } catch (error) {
      if (error.name !== "OperationError" || tried === PAIRS_MAX) throw error;
    }
  }
}
