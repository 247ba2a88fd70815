// What came back after events were sent: a receipt each, which is checked before a draft is let go of.

/** How often, and how long apart, the server is asked whether it has published what it has just recorded. */
const PUBLISHED_TRIES = 60;
const PUBLISHED_PAUSE_MS = 250;

/** Checks the receipts of these drafts, in their order: each is of the very event, whole, and of the history that this device
    knows. Returns rows, and the newest checkpoint to keep. */
async function checkReceipts(texts, drafts, log, kept, now, check) {
  if (texts.length !== drafts.length) {
    return { rows: [row("Receipts", FAILS, `${countWords(drafts.length, "event")} sent, and ${countWords(texts.length, "receipt")} came.`)], keep: null };
  }
  const receipts = [];
  const rows = [];
  for (const [at, draft] of drafts.entries()) {
    const read = await checkRow("The receipt", () => parseReceipt(encodeUtf8(texts[at])), (receipt) => {
      receipts.push(receipt);
      return `It is of entry ${receipt.position}.`;
    });
    const each = read.state === HOLDS ? [read, ...(await rowsOfReceipt(receipts.at(-1), draft, check))] : [read];
    rows.push(...(drafts.length === 1 ? each : shortened(each, at + 1)));
  }
  if (rows.some(({ state }) => state === FAILS)) return { rows, keep: null };
  const size = receipts.map(({ checkpoint }) => checkpoint.size).reduce((one, two) => (one > two ? one : two));
  const against = await published(log, size).then(() => checkAgainstLog(log, drafts, kept, now));
  const inLog = [];
  for (const checkpoint of new Map(receipts.map(({ checkpoint }) => [checkpoint.size, checkpoint])).values()) {
    inLog.push(await checkRow("The receipts' history", () => checkReceived(log, checkpoint, check), () => `The log that this device knows begins with the ${checkpoint.size} entries of which the receipts speak.`));
  }
  return { rows: [...rows, ...inLog, ...against.rows], keep: inLog.every(({ state }) => state === HOLDS) ? against.keep : null };
}

/** One row for a receipt among several, where all of it holds; else what fails. */
function shortened(rows, number) {
  const name = `Event ${number}`;
  const failed = rows.filter(({ state }) => state === FAILS);
  if (failed.length > 0) return failed.map((one) => ({ ...one, name: `${name}: ${one.name}` }));
  return [row(name, HOLDS, `${rows[0].what} It holds the very bytes that were signed, all who were to sign stand in it, and their signatures and its proof hold.`)];
}

/** Whether a receipt is of this draft, and proves what it says. */
async function rowsOfReceipt(receipt, draft, check) {
  const { entry, rows } = await receiptRows(receipt, check);
  if (entry === null) return rows;
  const isSame = sameBytes(entry.event.bytes, draft.event.bytes);
  const signed = draft.signatories.every(({ key }) => entry.signatures.some((one) => one.key === key));
  return [
    row("The event", isSame ? HOLDS : FAILS, isSame ? "It holds the very bytes that were signed." : "It holds another event than was signed."),
    row("Who signed", signed ? HOLDS : FAILS, signed ? "All who were to sign stand in it." : "Somebody who was to sign is missing in it."),
    ...rows,
  ];
}

async function checkReceived(log, checkpoint, check) {
  await logSigner(checkpoint, [logKeyAt(log.keys, checkpoint.size)], check);
  checkConsistency(checkpoint, log.checkpoint, await log.consistency(Number(checkpoint.size)));
}

/** Waits until so many entries are published. */
async function published(log, size) {
  for (let at = 0; at < PUBLISHED_TRIES; at += 1) {
    if ((await log.newest()).size >= size) return;
    await new Promise((next) => setTimeout(next, PUBLISHED_PAUSE_MS));
  }
}
