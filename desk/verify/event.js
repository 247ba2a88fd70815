// The event: a CloudEvents 1.0 object in JSON, as its authors signed it (spec/event.md).

const EVENT_MAX = 48 * 1024;
const EVENT_REQUIRED = ["specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data"];
const EVENT_OPTIONAL = ["ledger", "seen", "correlationid", "causationid"];

/** Reads an event from the bytes that were signed. */
function parseEvent(bytes) {
  if (bytes.length > EVENT_MAX) {
    throw new Malformed("event", `${bytes.length} bytes`, `at most ${EVENT_MAX} bytes`);
  }
  const text = decodeUtf8(bytes);
  if (text === null) throw new Malformed("byte ?", "bytes that are not UTF-8", "UTF-8");
  const members = parseJsonObject(text);
  for (const name of members.keys()) {
    if (!EVENT_REQUIRED.includes(name) && !EVENT_OPTIONAL.includes(name)) {
      throw quoting("event", name, `no members but ${EVENT_REQUIRED.join(", ")} and ${EVENT_OPTIONAL.join(", ")}`);
    }
  }
  const string = (name) => memberOfKind(members, name, (value) => typeof value === "string", "a string");
  const parsed = (name, parse) => parse(`/${name}`, string(name));
  const optional = (name, parse) => (members.has(name) ? parsed(name, parse) : null);
  const exactly = (name, needed) => checkForm(string(name) === needed, `/${name}`, string(name), `"${needed}"`);
  exactly("specversion", "1.0");
  exactly("datacontenttype", "application/json");
  const event = {
    bytes,
    text,
    id: parsed("id", parseEventId),
    source: parsed("source", parseOrigin),
    type: parsed("type", parseEventType),
    subject: parsed("subject", parseSubject),
    time: parsed("time", parseEventTime),
    ledger: optional("ledger", parseHash),
    seen: optional("seen", parseSeen),
    correlationId: optional("correlationid", parseEventId),
    causationId: optional("causationid", parseEventId),
    data: memberOfKind(members, "data", (value) => value instanceof Map, "an object"),
  };
  if ((event.ledger === null) !== (event.seen === null)) {
    const needed = "both `ledger` and `seen`, or (in the opening entry alone) neither";
    throw new Malformed("/ledger", "one of `ledger` and `seen` without the other", needed);
  }
  return event;
}

function memberOfKind(members, name, is, needed) {
  const value = members.get(name);
  if (!is(value)) throw new Malformed(`/${name}`, members.has(name) ? "something else" : "nothing", needed);
  return value;
}
