// Two versions of a draft, side by side: what each says stands in what was read of its bytes. A draft that is changed is another
// draft, with ids of its own; that it is a version of one is seen by how much they share.

/** How much of what a draft says another has to say too, to be a version of it. */
const SHARED = 0.5;

/** All that told events say, as texts that are compared, each with how often it is there. */
function sayingsOf(told) {
  const counts = new Map();
  for (const { title, subject, first, rows } of told) {
    for (const [label, spoken] of [["", first], ...rows.map((row) => [row.label, row.spoken])]) {
      const saying = JSON.stringify([title, subject, label, spoken]);
      counts.set(saying, (counts.get(saying) ?? 0) + 1);
    }
  }
  return counts;
}

/** How much two drafts share of what the longer one says, from 0 to 1. */
function sharedOf(told, other) {
  const [one, two] = [sayingsOf(told), sayingsOf(other)];
  const total = (counts) => [...counts.values()].reduce((sum, count) => sum + count, 0);
  const shared = [...one].reduce((sum, [saying, count]) => sum + Math.min(count, two.get(saying) ?? 0), 0);
  return shared / Math.max(total(one), total(two), 1);
}

/** Of these drafts those of which this is a version, and the one that it is held against: one that was signed here, or else the one from
    which it differs most, so that no other version that somebody had opened hides a change. Null where there is none. */
function versionAmong(told, others) {
  const versions = others.filter((other) => sharedOf(told, other.told) >= SHARED);
  const ranked = versions.map((other) => ({ ...other, differences: differencesIn(toldAgainst(told, other.told)), versions: versions.length }));
  const weight = ({ isSignedHere, differences }) => [isSignedHere === true ? 1 : 0, differences];
  const isHeavier = (one, two) => one[0] !== two[0] ? one[0] > two[0] : one[1] > two[1];
  return ranked.reduce((best, next) => (best === null || isHeavier(weight(next), weight(best)) ? next : best), null);
}

/** What is told, each event with what it was before: `isNew`, or rows with `was`, as in the version before; and what is gone. An event
    stands for the one before that shares most of it, of the same type and subject; `wasNumber` is its place there, where what came
    before it comes after it now. */
function toldAgainst(told, before) {
  const left = [...before];
  let furthest = -1;
  const events = told.map((one) => {
    const alike = left.filter(({ title, subject }) => title === one.title && subject === one.subject);
    if (alike.length === 0) return { ...one, isNew: true };
    const was = alike.map((other) => [sharedOf([one], [other]), other]).reduce((best, next) => (next[0] > best[0] ? next : best))[1];
    left.splice(left.indexOf(was), 1);
    const place = before.indexOf(was);
    const wasNumber = place < furthest ? place + 1 : undefined;
    furthest = Math.max(furthest, place);
    const held = {
      ...one,
      wasNumber,
      firstWas: one.first === was.first ? undefined : (was.first ?? "(nothing)"),
      rows: rowsAgainst(one.rows, was.rows),
      standingWas: was.standing === one.standing ? undefined : was.standing,
      signersWere: signersAgainst(one, was),
      tiesWere: tiesAgainst(one, was),
    };
    // Whatever is told alike and is not the same is marked too.
    return { ...held, isOtherwise: one.spoken !== was.spoken && countIn(held) === 0 };
  });
  return { events, gone: left };
}

/** Why an event is there, and what it belongs to, where that was otherwise. */
function tiesAgainst(one, was) {
  const ties = ({ bound }) => bound.filter(({ label }) => !["Id of the event", "Bound to"].includes(label));
  const words = (told) => ties(told).map(({ label, value }) => `${label}: ${value}`).join("; ");
  return words(one) === words(was) ? undefined : words(was) || "(nothing)";
}

function rowsAgainst(rows, before) {
  const was = new Map(before.map((row) => [row.label, row]));
  const marked = rows.map(({ label, value, spoken }) => {
    return was.get(label)?.spoken === spoken ? { label, value } : { label, value, was: was.get(label)?.value ?? "(nothing)" };
  });
  const labels = new Set(rows.map(({ label }) => label));
  const gone = before.filter(({ label }) => !labels.has(label));
  return [...marked, ...gone.map(({ label, value }) => ({ label, value: "(nothing)", was: value }))];
}

function signersAgainst(one, was) {
  const words = ({ signers }) => signers.map(({ who, key }) => `${who}, key ${key}`).join("; ");
  return words(one) === words(was) ? undefined : words(was);
}

/** In how many places an event differs from what it was. */
function countIn({ isNew, isOtherwise, wasNumber, firstWas, rows, standingWas, signersWere, tiesWere }) {
  if (isNew || isOtherwise) return 1;
  const single = [wasNumber, firstWas, standingWas, signersWere, tiesWere].filter((one) => one !== undefined);
  return single.length + rows.filter(({ was }) => was !== undefined).length;
}

/** In how many places two versions differ. */
function differencesIn({ events, gone }) {
  return events.reduce((sum, one) => sum + countIn(one), gone.length);
}
