//! The two ways in which the formats write bytes as text, each with one encoding only.

use crate::Malformed;
use data_encoding::{BASE64, HEXLOWER};

/// Writes bytes as lower-case hexadecimal.
pub(crate) fn encode_hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(bytes)
}

/// Reads exactly `N` bytes of lower-case hexadecimal.
pub(crate) fn parse_hex<const N: usize>(at: &str, text: &str) -> Result<[u8; N], Malformed> {
    let needed = || format!("{} lower-case hexadecimal digits", 2 * N);
    let bytes =
        HEXLOWER.decode(text.as_bytes()).map_err(|_undecodable| Malformed::quoting(at, text, needed()))?;
    bytes.try_into().map_err(|_wrong_length| Malformed::quoting(at, text, needed()))
}

/// Writes bytes as padded base64 (RFC 4648, section 4).
pub(crate) fn encode_base64(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// Reads exactly `N` bytes of padded base64 whose unused trailing bits are zero.
pub(crate) fn parse_base64<const N: usize>(at: &str, text: &str) -> Result<[u8; N], Malformed> {
    let needed = || format!("{N} bytes as padded base64 (RFC 4648) with zero trailing bits");
    let bytes =
        BASE64.decode(text.as_bytes()).map_err(|_undecodable| Malformed::quoting(at, text, needed()))?;
    bytes.try_into().map_err(|_wrong_length| Malformed::quoting(at, text, needed()))
}

/// Reads a decimal number without sign or leading zeros.
pub(crate) fn parse_number(at: &str, text: &str) -> Result<u64, Malformed> {
    let needed = "a decimal number without sign or leading zeros";
    let canonical = text == "0" || (!text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit()));
    if !canonical {
        return Err(Malformed::quoting(at, text, needed));
    }
    text.parse().map_err(|_too_large| Malformed::quoting(at, text, needed))
}
