// What somebody and a registrar compare before a new key is enrolled, by voice or on paper: a code over the key, the ledger and the
// name that it will go by. `minutebook key enrol` says the same of the same.

const CODE_TYPE = "application/vnd.minutebook.enrolment-code.v1";

/** The letters and digits of a code: Crockford's, of which none is taken for another. */
const CODE_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** 100 bits as five groups of four: of the SHA-256 of ledger (64 hexadecimal digits), key (64) and label on a line each. */
function enrolmentCode(ledger, key, label) {
  const digest = sha256(authenticatedAs(CODE_TYPE, encodeUtf8(`${ledger}\n${key}\n${label}\n`)));
  const bits = BigInt(`0x${encodeHex(digest)}`) >> 156n;
  const digits = Array.from({ length: 20 }, (_, at) => CODE_DIGITS[Number((bits >> BigInt(5 * (19 - at))) & 31n)]);
  return digits.join("").match(/.{4}/g).join("-");
}
