// The part of DER (ITU-T X.690) that key files need: values of definite length, each within its parent.

const DER_INTEGER = 0x02;
const DER_OCTETS = 0x04;
const DER_OID = 0x06;
const DER_SEQUENCE = 0x30;

/** A reader over the values that stand one after the other in `bytes`. */
class DerReader {
  constructor(bytes) {
    Object.assign(this, { bytes, at: 0 });
  }

  get isAtEnd() {
    return this.at === this.bytes.length;
  }

  /** The content of the next value, which has to be of this kind. */
  take(tag, what) {
    const refuse = (found) => new Malformed("key file", found, `${what} in DER (ITU-T X.690)`);
    if (this.bytes[this.at] !== tag) throw refuse(this.isAtEnd ? "an end" : "another kind of value");
    let [length, from] = [this.bytes[this.at + 1] ?? 0x80, this.at + 2];
    if (length >= 0x80) {
      const count = length - 0x80;
      const digits = this.bytes.subarray(from, from + count);
      if (count < 1 || count > 3 || digits.length < count) throw refuse("a length that is none");
      length = digits.reduce((sum, digit) => sum * 256 + digit, 0);
      if (length < 0x80 || digits[0] === 0) throw refuse("a length in a longer form than it needs");
      from += count;
    }
    const content = this.bytes.subarray(from, from + length);
    if (content.length < length) throw refuse("fewer bytes than it says");
    this.at = from + length;
    return content;
  }

  sequence(what) {
    return new DerReader(this.take(DER_SEQUENCE, what));
  }

  octets(what) {
    return this.take(DER_OCTETS, what);
  }

  /** An object identifier, as the hexadecimal of its content. */
  oid(what) {
    return encodeHex(this.take(DER_OID, what));
  }

  /** A number that is not negative and fits into 32 bits. */
  number(what) {
    const content = this.take(DER_INTEGER, what);
    const isPlain = content.length > 0 && content.length <= 5 && content[0] < 0x80;
    if (!isPlain) throw new Malformed("key file", "a number that is negative or too large", `${what} below 2^32`);
    return content.reduce((sum, digit) => sum * 256 + digit, 0);
  }

  has(tag) {
    return this.bytes[this.at] === tag;
  }
}
