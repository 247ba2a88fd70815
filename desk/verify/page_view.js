// The report as elements. Whatever comes from a file is text, and stays text.

function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [property, value] of Object.entries(properties)) {
    if (property === "class") made.className = value;
    else if (property in made) made[property] = value;
    else made.setAttribute(property, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

const STATE_WORDS = { holds: "Holds", fails: "Fails", open: "Left open", "not asked": "Not asked" };

const OUTCOME_TITLES = {
  holds: "What was checked holds",
  fails: "It does not hold",
  open: "Something is left open",
};

/** A text from a file, kept apart from the text around it whatever its direction. */
function fromFile(text, name = "bdi") {
  return element(name, {}, text);
}

function viewReport(report) {
  const title = element("h2", { id: "verdict", tabIndex: -1 }, OUTCOME_TITLES[report.outcome]);
  const reasons = report.records.flatMap(({ rows }) => rows.filter(({ state }) => state === report.outcome && state !== "holds"));
  const items = reasons.map(({ name, what }) => element("li", {}, element("strong", {}, fromFile(name)), ": ", fromFile(what)));
  const verdict = element("div", { class: `verdict ${report.outcome}` }, title, element("p", {}, fromFile(report.sentence)));
  if (items.length > 0) verdict.append(element("ul", {}, ...items));
  return [
    verdict,
    ...report.devices.map(viewDevice),
    ...report.records.map(viewRecord),
    viewNotChecked(report.records),
    viewFiles(report),
  ];
}

function viewRecord(record) {
  const title = element("h3", {}, `${record.is[0].toUpperCase()}${record.is.slice(1)}: `, fromFile(record.name));
  const parts = [title];
  if (record.claim.length > 0) parts.push(element("h4", {}, "What it says"), viewFacts(record.claim));
  parts.push(element("h4", {}, "What was checked"), viewChecks(record));
  parts.push(...record.notes.map((note) => element("p", { class: "inset" }, fromFile(note))));
  if (record.text !== null) {
    parts.push(element("h4", {}, "What was signed"), element("pre", { tabIndex: 0, "aria-label": "What was signed" }, fromFile(record.text)));
  }
  return element("section", { class: "record" }, ...parts);
}

function viewFacts(facts) {
  const rows = facts.map(([label, value]) => {
    const lines = value.split("\n").map((line) => element("div", {}, fromFile(line)));
    return element("div", {}, element("dt", {}, label), element("dd", {}, ...lines));
  });
  return element("dl", {}, ...rows);
}

function viewChecks(record) {
  const head = element("tr", {}, ...["Check", "Result", "What was compared"].map((word) => element("th", { scope: "col" }, word)));
  const rows = record.rows.map(({ name, state, what }) => {
    const told = what.split("\n").map((line) => element("div", {}, fromFile(line)));
    const result = element("td", { class: `state ${state.replace(" ", "-")}`, "data-label": "Result" }, element("strong", {}, STATE_WORDS[state]));
    return element("tr", {}, element("th", { scope: "row" }, fromFile(name)), result, element("td", { "data-label": "Compared" }, ...told));
  });
  const caption = element("caption", { class: "unseen" }, `Checks of ${record.name}`);
  return element("table", {}, caption, element("thead", {}, head), element("tbody", {}, ...rows));
}

function viewDevice({ origin, state, told, evidence, isKept }) {
  const parts = [element("h3", {}, "On this device: ", fromFile(origin)), ...told.map((line) => element("p", {}, fromFile(line)))];
  const keeps = isKept ? "It keeps what it saw here, to compare with the next time." : "This browser keeps nothing for this page, and will not remember what it saw here.";
  parts.push(element("p", {}, keeps));
  if (evidence !== null) {
    parts.push(
      element("p", {}, "Do not rely on either history. Save both as evidence, and tell the registrars, the witnesses of the log and an auditor."),
      downloadLink("two-histories.txt", evidence, "Save both checkpoints"),
    );
  }
  return element("section", { class: `device ${state}` }, ...parts);
}

function downloadLink(name, text, words) {
  const href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  return element("p", { class: "no-print" }, element("a", { href, download: name }, words));
}

function viewNotChecked(records) {
  const said = [...new Set(records.flatMap(({ notChecked }) => notChecked))];
  const items = said.map((line) => element("li", {}, line));
  return element("section", { class: "not-checked" }, element("h3", {}, "What was not checked here"), element("ul", {}, ...items));
}

function viewFiles({ files, work, now }) {
  const items = files.map(({ name, is, size, digest }) => {
    const parts = [fromFile(name), `: ${is}, ${size}`];
    if (digest !== null) parts.push(element("div", { class: "digest" }, `SHA-256 ${digest}`));
    return element("li", {}, ...parts);
  });
  const script = document.getElementById("script-digest").textContent;
  return element(
    "section",
    {},
    element("h3", {}, "How this was checked"),
    element("ul", {}, ...items),
    element("p", {}, fromFile(`${work} It was checked on this machine at ${now} by its clock, by verify.html with the script ${script}.`)),
  );
}

/** What is wrong with what was brought, each with a link to the field. */
function viewProblems(problems) {
  const items = problems.map(({ field, says }) => element("li", {}, element("a", { href: `#${field}` }, fromFile(says))));
  return [element("h2", { id: "problem-title" }, "There is a problem"), element("ul", {}, ...items)];
}
