// What this device keeps: the last checkpoints that it saw of each log, in the browser's own storage.

const STORE = "minutebook.verify.checkpoints";

/** What was kept; nothing where the browser keeps nothing for this page. */
function loadKept() {
  try {
    const kept = JSON.parse(localStorage.getItem(STORE) ?? "[]");
    return { kept: Array.isArray(kept) ? kept.filter(isKept) : [], works: true };
  } catch {
    return { kept: [], works: false };
  }
}

function isKept(one) {
  const strings = [one?.origin, one?.note, one?.key, one?.since];
  return strings.every((value) => typeof value === "string") && typeof one.isBrought === "boolean";
}

/** Keeps these checkpoints of a log instead of those before. Returns whether they can be read back. */
function keepCheckpoints(origin, checkpoints) {
  const others = loadKept().kept.filter((one) => one.origin !== origin);
  const text = JSON.stringify([...others, ...checkpoints]);
  try {
    localStorage.setItem(STORE, text);
    return localStorage.getItem(STORE) === text;
  } catch {
    return false;
  }
}

function forgetCheckpoints() {
  try {
    localStorage.removeItem(STORE);
  } catch {
    // Where nothing can be kept, there is nothing to forget.
  }
}
