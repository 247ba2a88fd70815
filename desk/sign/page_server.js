// The server that this page came from, where there is one: a saved copy asks nobody.

/** Why a server gave no answer, or said no; `refused` has what it objects to, `isAnswer` says that it answered at all. */
class ServerTrouble extends Error {
  constructor(says, { refused = [], isAnswer = true } = {}) {
    super(says);
    Object.assign(this, { name: "ServerTrouble", refused, isAnswer });
  }
}

/** That a server takes drafts from those alone who bring a token. */
class TokenNeeded extends ServerTrouble {
  constructor(says) {
    super(says, { isAnswer: false });
    this.name = "TokenNeeded";
  }
}

const isServed = document.body.dataset.served === "yes";

async function reach(path, options) {
  try {
    return await fetch(path, { ...options, cache: "no-store", credentials: "omit", redirect: "error" });
  } catch {
    throw new ServerTrouble("The server can't be reached. Nothing is lost: what is signed is kept, and can be sent later.", { isAnswer: false });
  }
}

/** The bytes of a file of the published log. */
async function readPublished(path) {
  const answer = await reach(`/${path}`, {});
  if (!answer.ok) throw new Malformed(path, `no file (${answer.status})`, "a file of the published log");
  return new Uint8Array(await answer.arrayBuffer());
}

/** Sends drafts to one of the server's doors, and gives its answer. */
function sendDrafts(path, drafts) {
  return sendJson(path, writeDrafts(drafts));
}

async function sendJson(path, body) {
  const token = at("token").value.trim();
  const headers = { "content-type": "application/json", ...(token === "" ? {} : { authorization: `Bearer ${token}` }) };
  return answered(await reach(path, { method: "POST", headers, body }));
}

/** What lies on the server's shelf for a key that somebody holds, and what the book knows of the key. */
async function askWaiting(held, ledger, check) {
  const said = await asHolder("/sign/waiting", "list", held, ledger, check);
  const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
  const isDraft = (one) =>
    /^[0-9a-f]{64}$/.test(one?.name) &&
    /^[A-Za-z]{1,64}$/.test(one.type) &&
    [one.subject, one.says].every((value) => typeof value === "string" && value.length <= 400) &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(one.at) &&
    [one.events, one.signed, one.missing, one.others].every(isCount);
  const isLabel = (label) => label === null || (typeof label === "string" && label.length <= 400);
  const isKey = (key) => key === null || (typeof key === "object" && typeof key.isRevoked === "boolean" && isLabel(key.label));
  const isList = isListOf(said?.drafts, "object") && said.drafts.length <= SHELF_MAX && said.drafts.every(isDraft);
  if (!isList || said.key === undefined || !isKey(said.key)) throw new ServerTrouble("The server's answer does not say which drafts wait.");
  return said;
}

/** How many drafts a shelf has at most. */
const SHELF_MAX = 1000;

/** Takes a draft off the server's shelf that the holder of a key has signed. */
function takeAway(held, ledger, name, check) {
  return asHolder("/sign/withdraw", `remove ${name}`, held, ledger, check);
}

/** Asks something that only the holder of a key may: what is asked is signed, with the server's challenge. */
async function asHolder(path, act, held, ledger, check) {
  const { key } = held;
  const { challenge } = await sendJson("/sign/challenge", JSON.stringify({ key }));
  const signature = await signIn(held, { origin: location.origin, ledger, challenge: String(challenge), act }, check);
  return sendJson(path, JSON.stringify({ key, challenge, signature, act }));
}

/** What lies on the server's shelf under a name, as text. */
async function readShelf(name) {
  if (!/^[0-9a-f]{64}$/.test(name)) throw new Malformed("address", "no name of a draft", "64 hexadecimal digits");
  const answer = await reach(`/shelf/${name}`, {});
  if (answer.ok) return answer.text();
  return answered(answer);
}

/** The receipt of an entry, as text. */
async function readReceipt(position) {
  const answer = await reach(`/entry/${position}/receipt`, {});
  if (answer.ok) return answer.text();
  return answered(answer);
}

/** What the ledger would say of drafts: for each event its place if it stands there, what is objected, what would be found; and names. */
async function foresee(drafts) {
  const said = await sendDrafts("/sign/foresee", drafts);
  const isJudged = (one) => typeof one?.again === "boolean" && isListOf(one.objections, "object") && isListOf(one.findings, "string") && (!one.again || isPosition(one.position));
  const isAnswer = Array.isArray(said.events) && said.events.length === drafts.length && said.events.every(isJudged);
  if (!isAnswer || said.called === null || typeof said.called !== "object") throw new ServerTrouble("The server's answer does not say something of each event.");
  return said;
}

/** Sends drafts to the book; the receipts that come back, which are not checked yet. */
async function submitDrafts(drafts) {
  const { receipts } = await sendDrafts("/sign/submit", drafts);
  const isReceipt = (one) => typeof one?.receipt === "string" && isPosition(one.position);
  if (!Array.isArray(receipts) || !receipts.every(isReceipt)) throw new ServerTrouble("The server's answer holds no receipts. The draft is kept: send it again later.");
  return receipts;
}

function isPosition(text) {
  return typeof text === "string" && /^[0-9]{1,20}$/.test(text);
}

function isListOf(value, kind) {
  return Array.isArray(value) && value.every((one) => one !== null && typeof one === kind);
}

async function answered(answer) {
  const said = await answer.json().catch(() => null);
  if (answer.ok && said !== null) return said;
  const isGiven = at("token").value.trim() !== "";
  if (answer.status === 401 && !isGiven) throw new TokenNeeded("This server takes drafts from those alone who bring a token for writing. Nothing was sent: write the token into its field, and press again.");
  if (answer.status === 401) throw new TokenNeeded("This server does not know this token, or its time is over. Nothing was sent: write another one, and press again.");
  // The doors say no in a line of text; what the ledger refuses comes as JSON.
  if (answer.status === 403 && said === null && isGiven) throw new TokenNeeded("This token reads, and may not write. Nothing was sent: write another one, and press again.");
  const isBusy = answer.status === 429 || answer.status >= 500;
  throw new ServerTrouble(said?.says ?? `The server answered ${answer.status} and nothing else.`, { refused: said?.refused ?? [], isAnswer: !isBusy });
}
