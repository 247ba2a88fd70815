// What an event says, for whoever is to sign it: made from what was read of the signed bytes, and from nothing else. Plain data:
// a row is { label, value }, a value a text, rows, a list of values, or the digest of a text that is sealed.

/** Members that say what an event is about; the first of these that it has is told first. */
const FIRST_MEMBERS = ["text", "title", "name", "nature", "question", "reason"];

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/** All that an event says. */
function toldOf({ event, signatories, signatures }) {
  const facts = event.data.get("facts");
  const rest = [...event.data].filter(([name]) => !["facts", "signatories", "standing"].includes(name));
  const members = facts instanceof Map ? [...facts] : [];
  const { id, seen, correlationId, causationId } = event;
  const bound = [
    ["Id of the event", id],
    ["Bound to", seen === null ? "no entry" : `entry ${seen.position}, ${seen.hash}`],
    ...(correlationId === null ? [] : [["Done together with", correlationId]]),
    ...(causationId === null ? [] : [["Because of", causationId]]),
  ];
  const first = FIRST_MEMBERS.find((name) => typeof facts?.get?.(name) === "string");
  return {
    title: `${spacedWords(event.type.name)}${event.type.version === 1 ? "" : `, version ${event.type.version}`}`,
    subject: event.subject,
    standing: standingWords(event.data.get("standing")),
    first: first === undefined ? null : facts.get(first),
    firstLabel: first === undefined ? null : memberWords(first),
    rows: [...members.filter(([name]) => name !== first), ...rest].map(([name, value]) => ({ label: memberWords(name), value: toldValue(value), spoken: spokenOf(value) })),
    signers: signatories.map(({ key, capacity, body }) => ({ who: `${memberWords(capacity)}${body === null ? "" : ` of ${body}`}`, key, hasSigned: signatures.has(key) })),
    written: event.time,
    bound: bound.map(([label, value]) => ({ label, value })),
    // What two versions of an event have to say alike: all but its id, its time, and what its author saw.
    spoken: spokenOf([event.type.name, event.type.version, event.subject, event.source, event.data, correlationId, causationId]),
    text: event.text,
    hash: encodeHex(blake3(event.bytes)),
  };
}

function standingWords(standing) {
  if (standing === "own_act") return "An act: whoever signs does it.";
  if (standing === "report") return "A report of what others did, as a source says.";
  return typeof standing === "string" ? memberWords(standing) : "Nothing says whether this is an act or a report.";
}

/** `DecisionRecorded` as `Decision recorded`. */
function spacedWords(name) {
  const words = name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ");
  return words[0] + words.slice(1).toLowerCase();
}

/** `decided_on` as `Decided on`. */
function memberWords(name) {
  const words = name.replaceAll("_", " ");
  return words === "" ? "(a member without name)" : words[0].toUpperCase() + words.slice(1);
}

/** A value as text, so that two are the same exactly where they say the same, in whatever words they are told. */
function spokenOf(value) {
  const plain = (one) => {
    if (one instanceof Map) return { map: [...one].map(([name, inner]) => [name, plain(inner)]) };
    if (Array.isArray(one)) return one.map(plain);
    return typeof one === "bigint" ? { number: String(one) } : one;
  };
  return JSON.stringify(plain(value));
}

function toldValue(value) {
  if (Array.isArray(value)) return { list: value.map(toldValue) };
  if (value instanceof Map) {
    const sealed = value.size === 1 ? value.get("sealed") : undefined;
    if (typeof sealed === "string" && /^[0-9a-f]{64}$/.test(sealed)) return { sealed };
    if (value.size === 0) return "(nothing more)";
    // `{"none":{}}` is a choice without anything to it.
    const [[only, inner]] = value;
    if (value.size === 1 && inner instanceof Map && inner.size === 0) return memberWords(only);
    return { rows: [...value].map(([name, inner]) => ({ label: memberWords(name), value: toldValue(inner) })) };
  }
  if (value === true) return "Yes";
  if (value === false) return "No";
  if (value === null) return "(null)";
  return typeof value === "string" ? dayWords(value) : String(value);
}

/** A day as `4 July 2019`, with nothing of it lost; other texts as they are. */
function dayWords(text) {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  const name = MONTHS[Number(month) - 1];
  return name === undefined ? text : `${Number(day)} ${name} ${year}`;
}
