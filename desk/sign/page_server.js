// The server that this page came from, where there is one: a saved copy asks nobody.

/** Why a server gave no answer, or said no; `refused` has what it objects to. */
class ServerTrouble extends Error {
  constructor(says, refused = []) {
    super(says);
    Object.assign(this, { name: "ServerTrouble", refused });
  }
}

const isServed = document.body.dataset.served === "yes";

async function reach(path, options) {
  try {
    return await fetch(path, { ...options, cache: "no-store", credentials: "omit", redirect: "error" });
  } catch {
    throw new ServerTrouble("The server can't be reached. Nothing is lost: what is signed is kept, and can be sent later.");
  }
}

/** The bytes of a file of the published log. */
async function readPublished(path) {
  const answer = await reach(`/${path}`, {});
  if (!answer.ok) throw new Malformed(path, `no file (${answer.status})`, "a file of the published log");
  return new Uint8Array(await answer.arrayBuffer());
}

/** Sends drafts to one of the server's doors, and gives its answer. */
async function sendDrafts(path, drafts) {
  return answered(await reach(path, { method: "POST", headers: { "content-type": "application/json" }, body: writeDrafts(drafts) }));
}

/** What lies on the server's shelf under a name, as text. */
async function readShelf(name) {
  const answer = await reach(`/shelf/${name}`, {});
  if (answer.ok) return answer.text();
  return answered(answer);
}

async function answered(answer) {
  const said = await answer.json().catch(() => null);
  if (answer.ok && said !== null) return said;
  throw new ServerTrouble(said?.says ?? `The server answered ${answer.status} and nothing else.`, said?.refused ?? []);
}
