// Two versions of a draft, side by side: what each says stands in what was read of its bytes. A draft that is changed is another
// draft, with ids of its own; that it is a version of one is seen by how much they share.

/** How much of what a draft says another has to say too, to be a version of it. */
const SHARED = 0.5;

/** All rows of told events, as texts that are compared, each with how often it is there. */
function spokenOf(told) {
  const counts = new Map();
  for (const { title, subject, first, rows } of told) {
    for (const { label, value } of [{ label: "", value: first }, ...rows]) {
      const spoken = JSON.stringify([title, subject, label, value]);
      counts.set(spoken, (counts.get(spoken) ?? 0) + 1);
    }
  }
  return counts;
}

/** How much two drafts share of what the longer one says, from 0 to 1. */
function sharedOf(told, other) {
  const [one, two] = [spokenOf(told), spokenOf(other)];
  const total = (counts) => [...counts.values()].reduce((sum, count) => sum + count, 0);
  const shared = [...one].reduce((sum, [spoken, count]) => sum + Math.min(count, two.get(spoken) ?? 0), 0);
  return shared / Math.max(total(one), total(two), 1);
}

/** Of these told drafts, the one that this is most likely a version of; null where there is none. */
function versionAmong(told, others) {
  const ranked = others.map((other) => [sharedOf(told, other.told), other]).filter(([shared]) => shared >= SHARED);
  ranked.sort(([one], [two]) => two - one);
  return ranked[0]?.[1] ?? null;
}

/** What is told, each event with what it was before: `isNew`, or rows with `was`, as in the version before; and what is gone. An event
    has the place of the one before that shares most of it, of the same type and subject. */
function toldAgainst(told, before) {
  const left = [...before];
  const events = told.map((one) => {
    const alike = left.filter(({ title, subject }) => title === one.title && subject === one.subject);
    if (alike.length === 0) return { ...one, isNew: true };
    const was = alike.map((other) => [sharedOf([one], [other]), other]).reduce((best, next) => (next[0] > best[0] ? next : best))[1];
    left.splice(left.indexOf(was), 1);
    return { ...one, firstWas: one.first === was.first ? undefined : (was.first ?? "(nothing)"), rows: rowsAgainst(one.rows, was.rows), standingWas: was.standing === one.standing ? undefined : was.standing, signersWere: signersAgainst(one, was) };
  });
  return { events, gone: left };
}

function rowsAgainst(rows, before) {
  const was = new Map(before.map(({ label, value }) => [label, value]));
  const marked = rows.map(({ label, value }) => {
    const isSame = JSON.stringify(was.get(label)) === JSON.stringify(value);
    return isSame ? { label, value } : { label, value, was: was.get(label) ?? "(nothing)" };
  });
  const labels = new Set(rows.map(({ label }) => label));
  const gone = before.filter(({ label }) => !labels.has(label));
  return [...marked, ...gone.map(({ label, value }) => ({ label, value: "(nothing)", was: value }))];
}

function signersAgainst(one, was) {
  const words = ({ signers }) => signers.map(({ who, key }) => `${who}, key ${key}`).join("; ");
  return words(one) === words(was) ? undefined : words(was);
}

/** In how many places two versions differ. */
function differencesIn({ events, gone }) {
  const inEvent = ({ isNew, firstWas, rows, standingWas, signersWere }) =>
    isNew ? 1 : [firstWas, standingWas, signersWere].filter((one) => one !== undefined).length + rows.filter(({ was }) => was !== undefined).length;
  return events.reduce((sum, one) => sum + inEvent(one), gone.length);
}
