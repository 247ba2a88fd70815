// The names and moments that an entry carries, each in its one form.

const SUBJECT_MAX = 200;
const ORIGIN_MAX = 200;

function checkForm(is, at, text, needed) {
  if (!is) throw quoting(at, text, needed);
  return text;
}

/** An event's id: a UUID of version 7, lower case, with hyphens. */
function parseEventId(at, text) {
  const form = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  return checkForm(form.test(text), at, text, "a UUID of version 7 in lower case with hyphens (RFC 9562)");
}

/** What an event is about: `kind` or `kind/name`. */
function parseSubject(at, text) {
  const is = /^[a-z]+(?:\/[A-Za-z0-9._-]+)?$/.test(text) && text.length <= SUBJECT_MAX;
  return checkForm(is, at, text, "a subject such as body/04K: [a-z]+(/[A-Za-z0-9._-]+)?, at most 200 bytes");
}

/** The type of an event, as its name and version. */
function parseEventType(at, text) {
  const parts = /^uk\.nhs\.governance\.([A-Z][A-Za-z]{0,63})\.v([1-9][0-9]{0,9})$/.exec(text);
  const is = parts !== null && Number(parts[2]) < 2 ** 32;
  checkForm(is, at, text, "a type such as uk.nhs.governance.DecisionRecorded.v1");
  return { name: parts[1], version: Number(parts[2]) };
}

/** The name of a ledger. */
function parseOrigin(at, text) {
  const is = /^[!-~]+$/.test(text) && !text.includes("+") && text.length <= ORIGIN_MAX;
  const needed = "a name such as minutebook.example/nottinghamshire: printable ASCII without space or +";
  return checkForm(is, at, text, needed);
}

/** The name of a key: not empty, without spaces of any script, control characters and `+`. */
function parseKeyName(text) {
  const is = text !== "" && !/[\p{White_Space}\u0000-\u001f+]/u.test(text);
  return checkForm(is, "key name", text, "a name without space and +, not empty");
}

/** A BLAKE3 hash, as its hexadecimal. */
function parseHash(at, text) {
  parseHex(at, text, 32);
  return text;
}

/** A position and a hash, of an entry that an author had seen. */
function parseSeen(at, text) {
  const refuse = () => quoting(at, text, "an earlier entry as position:hash, such as 16:5d1f...");
  const parts = splitOnce(text, ":");
  if (parts === null) throw refuse();
  return retold(() => ({ position: parseNumber(at, parts[0]), hash: parseHash(at, parts[1]) }), refuse);
}

/** When an entry was recorded: exactly six decimals and Z, so that string order is time order. Moments are kept
    in this form throughout. */
function parseRecorded(at, text) {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.\d{6}Z$/.exec(text);
  const is = parts !== null && isMoment(...parts.slice(1).map(Number));
  const needed = "a moment such as 2019-07-04T13:05:02.118243Z: six decimals, Z, no leap second";
  return checkForm(is, at, text, needed);
}

function isMoment(year, month, day, hour, minute, second) {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return year >= 1970 && year <= 9998 && day >= 1 && day <= days && hour < 24 && minute < 60 && second < 60;
}

/** When an event was written: none to six decimals. Returned in the form of `recorded`. */
function parseEventTime(at, text) {
  const parts = /^([^.]{19})(?:\.(\d{1,6}))?Z$/.exec(text);
  const padded = parts === null ? text : `${parts[1]}.${(parts[2] ?? "").padEnd(6, "0")}Z`;
  const needed = "a moment in UTC such as 2019-07-04T13:05:00Z, with at most six decimals";
  return retold(
    () => parseRecorded(at, parts === null ? "" : padded),
    () => quoting(at, text, needed),
  );
}

/** The last second that a witness may state: the end of the year 9998. */
const SECONDS_LAST = 253370764799n;

/** A moment from the seconds since 1970 that a witness states. */
function momentOfSeconds(seconds) {
  return new Date(Number(seconds) * 1000).toISOString().replace(".000Z", ".000000Z");
}
