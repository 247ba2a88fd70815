// Asks the script of sign.html the questions of a file, and prints the answers, both as JSON lists.
// Usage: node signing.js SIGN_HTML QUESTIONS
"use strict";

const fs = require("node:fs");
const vm = require("node:vm");

// Where Node is older it has the browser's functions without their name.
globalThis.crypto ??= require("node:crypto").webcrypto;
const [, , page, questions] = process.argv;
const script = /<script>([^]*)<\/script>/.exec(fs.readFileSync(page, "utf8"))[1];
const api = vm.runInThisContext(`(() => {${script}; return offered(); })()`);

async function answer(question, check) {
  if (question.key_file !== undefined) {
    const held = await api.openKeyFile(question.key_file, question.passphrase);
    await api.proveKey(held, check);
    return { key: held.key, isExtractable: held.signer.extractable };
  }
  if (question.code !== undefined) return { code: api.enrolmentCode(...question.code) };
  if (question.versions !== undefined) {
    const [told, ...others] = await Promise.all(question.versions.map(async (text) => (await api.readDrafts(api.encodeUtf8(text), check)).map(api.toldOf)));
    const before = api.versionAmong(told, others.map((told, number) => ({ told, number, isSignedHere: number === question.signed })));
    if (before === null) return { before: null };
    const against = api.toldAgainst(told, before.told);
    return { before: before.number, ...against, differences: api.differencesIn(against) };
  }
  const drafts = await api.readDrafts(api.encodeUtf8(question.draft), check);
  return { name: api.nameOfDrafts(drafts), written: api.writeDrafts(drafts), told: drafts.map(api.toldOf) };
}

async function main() {
  const check = await api.SignatureCheck.begin();
  const answers = [];
  for (const question of JSON.parse(fs.readFileSync(questions, "utf8"))) {
    try {
      answers.push(await answer(question, check));
    } catch (error) {
      if (!(error instanceof api.Malformed || error instanceof api.PassphraseRefusal)) throw error;
      answers.push({ refused: error.message });
    }
  }
  process.stdout.write(JSON.stringify(answers));
}

main();
