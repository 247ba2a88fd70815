// The page: takes what is dropped, chosen or typed, has it checked, and shows what came of it.

const at = (id) => document.getElementById(id);
const TITLE = document.title;

/** What was brought so far: files with their paths. */
let broughtFiles = [];
/** The run that is under way; what an earlier one still says is not heard. */
let run = 0;
let worker = null;

function addFiles(files) {
  const paths = new Set(files.map(({ path }) => path));
  broughtFiles = [...broughtFiles.filter(({ path }) => !paths.has(path)), ...files];
  showBrought();
  if (broughtFiles.length > 0) check();
}

/** One line for each loose file, and one for each folder. */
function showBrought() {
  const names = [...new Set(broughtFiles.map(({ path }) => path.split("/")[0]))];
  const items = names.map((name) => {
    const isOf = ({ path }) => path.split("/")[0] === name;
    const count = broughtFiles.filter(({ path }) => path.startsWith(`${name}/`)).length;
    const remove = element("button", { type: "button", class: "link" }, "Take away ", fromFile(name));
    remove.addEventListener("click", () => {
      broughtFiles = broughtFiles.filter((file) => !isOf(file));
      showBrought();
      clearResult();
      at("files").focus();
    });
    return element("li", {}, fromFile(name), count > 0 ? ` (${count} files) ` : " ", remove);
  });
  at("brought").replaceChildren(...items);
  at("brought-section").hidden = items.length === 0;
}

function clearResult() {
  run += 1;
  worker?.terminate();
  worker = null;
  at("result").replaceChildren();
  at("result-section").hidden = true;
  at("problems").hidden = true;
  at("working").hidden = true;
  at("status").textContent = "";
  for (const id of ["files", "keys"]) at(`${id}-error`).textContent = "";
  document.title = TITLE;
}

/** Checks what was brought. The verdict before is gone before this one begins. */
function check({ moveFocus = false } = {}) {
  clearResult();
  const mine = run;
  const { kept, works } = loadKept();
  const job = { files: broughtFiles, typed: at("keys").value, kept, now: new Date().toISOString().replace("Z", "000Z") };
  const hear = ({ data: { progress, report, broken, isUnread } }) => {
    if (mine !== run) return;
    // WebKit lets no worker of a saved page read files, and the page itself it does.
    if (isUnread && worker !== null) {
      worker.terminate();
      worker = null;
      workHere(hear).postMessage(job);
      return;
    }
    if (progress) showProgress(progress);
    if (broken) showBroken(broken);
    if (report?.problems) showProblems(report.problems);
    else if (report) showReport(report, works, moveFocus);
  };
  at("status").textContent = "Checking.";
  at("working").hidden = false;
  at("bar").removeAttribute("value");
  startWorker(hear).postMessage(job);
}

/** A worker from this page's own text; where the browser gives none, as some do for files, the page itself works. */
function startWorker(hear) {
  try {
    const source = new Blob([`"use strict"; ${checks}; checks().serveJobs(self);`], { type: "text/javascript" });
    const address = URL.createObjectURL(source);
    worker = new Worker(address);
    URL.revokeObjectURL(address);
    worker.onmessage = hear;
    worker.onerror = (event) => hear({ data: { broken: event.message || "the browser did not start a worker" } });
    return worker;
  } catch {
    return workHere(hear);
  }
}

/** In the place of a worker, the page itself. */
function workHere(hear) {
  const scope = { postMessage: (data) => hear({ data }) };
  checks().serveJobs(scope);
  return { postMessage: (data) => scope.onmessage({ data }) };
}

function showProgress({ read, of }) {
  at("bar").max = of;
  at("bar").value = read;
  at("count").textContent = `${read} of ${of} entries`;
}

function showReport(report, works, moveFocus) {
  at("working").hidden = true;
  for (const device of report.devices) device.isKept = keepCheckpoints(device.origin, device.keep) && works;
  at("result").replaceChildren(...viewReport(report));
  at("result-section").hidden = false;
  at("status").textContent = report.sentence;
  document.title = `${OUTCOME_TITLES[report.outcome]} - ${TITLE}`;
  showKept();
  if (moveFocus) at("verdict").focus();
  else at("verdict").scrollIntoView({ block: "nearest" });
}

function showProblems(problems) {
  at("working").hidden = true;
  at("status").textContent = "";
  at("problems").replaceChildren(...viewProblems(problems));
  at("problems").hidden = false;
  for (const { field, says } of problems) at(`${field}-error`).textContent = `Error: ${says}`;
  document.title = `Error: ${TITLE}`;
  at("problems").focus();
}

function showBroken(what) {
  showProblems([{ field: "files", says: `The check itself broke off, and nothing was found out: ${what}` }]);
}

/** Compares digits from paper with the hashes of what was checked. */
function compareDigits() {
  const typed = at("digits").value.replaceAll(/\s/g, "");
  const hashes = [...document.querySelectorAll("#result dd")].map((one) => one.textContent);
  const found = hashes.filter((hash) => /^[0-9a-f]{64}$|^[A-Za-z0-9+/]{43}=$/.test(hash) && hash.startsWith(typed));
  let says = "Type 8 characters or more.";
  if (typed.length >= 8) {
    says = found.length > 0
      ? `These are the first ${typed.length} characters of a hash of this record: ${found[0]}`
      : "These are not the beginning of any hash of this record. Compare each character; 0 and O, 1 and l differ.";
  }
  at("digits-result").textContent = says;
}

function showKept() {
  const { kept, works } = loadKept();
  const items = kept.map(({ origin, note, since }) => element("li", {}, fromFile(origin), `: ${note.split("\n")[1]} entries, seen ${since.slice(0, 10)}`));
  at("kept").replaceChildren(...items);
  at("kept-words").textContent = works
    ? `This device has kept ${kept.length === 0 ? "no checkpoint" : `${kept.length} of them`}.`
    : "This browser keeps nothing for this page.";
  at("forget").hidden = kept.length === 0;
}

/** All files of what was dropped, with their paths. What the browser gives is only there while the drop is handled,
    so it is taken from every item before anything is waited for. */
async function droppedFiles(transfer) {
  const items = [...transfer.items].filter(({ kind }) => kind === "file");
  const taken = items.map((item) => {
    const entry = item.webkitGetAsEntry?.();
    if (!entry?.isDirectory) return { file: item.getAsFile() };
    return { entry, handle: item.getAsFileSystemHandle?.() };
  });
  return (await Promise.all(taken.map(takenFiles))).flat();
}

function takenFiles({ file, entry, handle }) {
  if (file) return [{ path: file.name, blob: file }];
  // On a saved page Chromium reads a folder by its handle alone; other browsers know entries alone.
  return handle ? handle.then((folder) => filesOfHandle(folder, folder.name)) : filesOfEntry(entry);
}

async function filesOfHandle(folder, path) {
  const files = [];
  for await (const [name, inner] of folder.entries()) {
    const below = `${path}/${name}`;
    if (inner.kind === "directory") files.push(...(await filesOfHandle(inner, below)));
    else files.push({ path: below, blob: await inner.getFile() });
  }
  return files;
}

async function filesOfEntry(entry) {
  if (entry.isFile) {
    const blob = await new Promise((resolve, reject) => entry.file(resolve, reject));
    return [{ path: entry.fullPath.replace(/^\//, ""), blob }];
  }
  const reader = entry.createReader();
  const files = [];
  // A folder is read in parts, until a part is empty.
  for (;;) {
    const part = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0) return files;
    for (const inner of part) files.push(...(await filesOfEntry(inner)));
  }
}

function openPage() {
  for (const id of ["files", "folder"]) {
    at(id).addEventListener("change", () => {
      addFiles([...at(id).files].map((blob) => ({ path: blob.webkitRelativePath || blob.name, blob })));
      at(id).value = "";
    });
  }
  at("form").addEventListener("submit", (event) => {
    event.preventDefault();
    check({ moveFocus: true });
  });
  at("again").addEventListener("click", () => {
    broughtFiles = [];
    at("keys").value = "";
    showBrought();
    clearResult();
    at("files").focus();
  });
  at("print").addEventListener("click", () => window.print());
  at("compare").addEventListener("submit", (event) => {
    event.preventDefault();
    compareDigits();
  });
  at("forget").addEventListener("click", () => {
    forgetCheckpoints();
    showKept();
  });
  // The whole window takes what is dropped: beside the frame it would replace the page.
  window.addEventListener("dragover", (event) => {
    event.preventDefault();
    at("drop").classList.add("over");
  });
  window.addEventListener("dragleave", () => at("drop").classList.remove("over"));
  window.addEventListener("drop", async (event) => {
    event.preventDefault();
    at("drop").classList.remove("over");
    try {
      addFiles(await droppedFiles(event.dataTransfer));
    } catch (error) {
      showProblems([{ field: "files", says: `What was dropped could not be read (${error.message}). Choose it instead.` }]);
    }
  });
  at("save-page").hidden = location.protocol === "file:";
  at("without-script").hidden = true;
  at("form").hidden = false;
  showKept();
}

openPage();
