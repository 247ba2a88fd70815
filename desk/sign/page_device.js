// What this device keeps for whoever signs here: keys that the browser gives to nobody, and drafts that are not yet in the book.

const DATABASE = "minutebook.sign";

function openDatabase() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("keys", { keyPath: "key" });
      request.result.createObjectStore("drafts", { keyPath: "name" });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("another tab holds an older version of this page open"));
  });
}

/** Does one thing in a transaction of its own, over a connection of its own; ends when it is durable. */
async function inStore(name, mode, act) {
  const database = await openDatabase();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(name, mode);
      const request = act(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error ?? request.error);
    });
  } finally {
    database.close();
  }
}

/** All that is kept under a name; nothing where the browser keeps nothing for this page. A saved copy keeps nothing and looks at
    nothing: what one file keeps, every other file on the machine could use. */
async function allKept(name) {
  if (!isServed) return [];
  try {
    return await inStore(name, "readonly", (store) => store.getAll());
  } catch {
    return [];
  }
}

/** Makes a key, keeps it, reads it back, and has it sign: only a key that came through all of that is one. */
async function makeDeviceKey(label, check) {
  const refuse = (why) => new Error(`This browser does not keep keys (${why}). In a private window none does, and Firefox keeps them from 136 on. Use a key file instead: minutebook key new FILE.pem.`);
  const pair = await makePair();
  const key = encodeHex(new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)));
  const made = { key, signer: pair.privateKey, label, kept: "device", made: new Date().toISOString() };
  let read;
  try {
    await inStore("keys", "readwrite", (store) => store.add(made));
    read = await inStore("keys", "readonly", (store) => store.get(key));
  } catch (error) {
    throw refuse(error.name);
  }
  if (!(read?.signer instanceof CryptoKey)) throw refuse("it read back nothing");
  await proveKey(read, check);
  // Without it a browser may forget; with it, some still do. Firefox asks its user, who may never answer: nothing waits for it.
  navigator.storage?.persist?.().catch(() => false);
  return read;
}

function removeDeviceKey(key) {
  return inStore("keys", "readwrite", (store) => store.delete(key));
}

/** Keeps drafts, with what was signed so far, here or in another tab. Returns their text as it is read back; nothing where it can't be. */
async function keepDrafts(drafts, isSignedHere) {
  if (!isServed) return null;
  const name = nameOfDrafts(drafts);
  const [first] = drafts;
  const kept = { name, text: writeDrafts(drafts), title: toldOf(first).title, subject: first.event.subject, count: drafts.length, at: new Date().toISOString(), isSignedHere };
  try {
    await inStore("drafts", "readwrite", (store) => {
      const before = store.get(name);
      // In one transaction: no other tab writes between the two.
      before.onsuccess = () => {
        const was = before.result;
        store.put(was === undefined ? kept : { ...kept, text: withSignatures(was.text, kept.text), at: was.at, isSignedHere: isSignedHere || was.isSignedHere === true });
      };
      return before;
    });
    return (await inStore("drafts", "readonly", (store) => store.get(name)))?.text ?? null;
  } catch {
    return null;
  }
}

function removeDrafts(name) {
  return inStore("drafts", "readwrite", (store) => store.delete(name));
}
