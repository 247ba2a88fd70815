// The keys that this device keeps: what they are, how one is made, and what is done when one is lost.

async function showOwnKeys() {
  const keys = await allKept("keys");
  at("shelf-section").hidden = !isServed || keys.length === 0;
  at("sign-in").replaceChildren(...keys.map(viewSignIn));
  at("own-keys-words").textContent = keys.length === 0 ? "This device keeps no key." : `This device keeps ${countWords(keys.length, "key")}.`;
  at("own-keys-list").replaceChildren(...keys.map(viewOwnKey));
}

/** A key of this device: what to send to a registrar, the code to compare, and what to do when it is lost. */
function viewOwnKey({ key, label, made }) {
  const code = ledger === null ? null : enrolmentCode(ledger, key, label);
  // As a shell takes it, whatever stands in it.
  const quoted = `'${label.replaceAll("'", "'\\''")}'`;
  const rows = [
    { label: "Key", value: key },
    { label: "Made", value: momentWords(made) },
    { label: "To enrol it, if it is not yet", value: `Send the key and its name to a registrar, and read them the code by telephone. They make the draft: minutebook key enrol --key ${key} --label ${quoted} --custody browser --code CODE --registrar REGISTRAR.pem --draft enrol.draft.json. Then open that draft here and sign it.` },
    { label: "If it is lost", value: `Tell a registrar: minutebook key revoke ${key} --reason lost. What it signed stays good, and another key takes its place.` },
  ];
  const parts = [element("h3", {}, fromFile(label)), viewRows(rows)];
  if (code !== null) {
    parts.push(element("h4", {}, "Its code"), element("p", { class: "code" }, code), element("p", {}, `For the ledger ${ledger.slice(0, 16)}… Never send it together with the key: whoever changes the one could change the other.`));
  }
  const remove = element("button", { type: "button", class: "link" }, `Remove the key ${keyWords(key)} from this device`);
  let asked = false;
  remove.addEventListener("click", async () => {
    if (!asked) {
      asked = true;
      remove.textContent = "Nothing signs with it again once it is removed. Press again to remove it";
      return;
    }
    await removeDeviceKey(key);
    await Promise.all([showOwnKeys(), showDeviceKeys()]);
    at("own-keys-title").scrollIntoView();
  });
  return element("section", { class: "event" }, ...parts, element("p", {}, remove));
}

async function makeKey() {
  const label = at("label").value.trim();
  if (label === "") throw new Malformed("name", "nothing", "what the key will be called, such as your office");
  const made = await makeDeviceKey(label, check);
  at("label").value = "";
  await Promise.all([showOwnKeys(), showDeviceKeys()]);
  say(`A key was made, kept, read back and tried: ${keyWords(made.key)}.`);
  at("own-keys-title").scrollIntoView();
}
