//! Signing in at the desk: whoever holds a key shows it by a signature over a challenge, and is told what waits for that key. It
//! lets nobody write anything: what is recorded is signed itself.
//!
//! What is signed is no event, and can't be taken for one: its payload type is [`SIGN_IN_TYPE`], and its payload server, ledger, key,
//! challenge and what it is for on a line each. A challenge is kept nowhere. It says when it was made, under a secret that ends with the server.

use data_encoding::HEXLOWER;
use minutebook_log::{Hash, PublicKey, Signature};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use subtle::ConstantTimeEq as _;

/// What is signed is this.
pub(crate) const SIGN_IN_TYPE: &str = "application/vnd.minutebook.sign-in.v1";

/// How long a challenge counts.
const COUNTS: Duration = Duration::from_secs(5 * 60);

/// Why somebody is not believed to hold a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SignInError {
    /// The challenge is none of this server's for this key, or it was made too long ago.
    #[error("the challenge is none that this server gave for this key within the last {} minutes: ask for another", COUNTS.as_secs() / 60)]
    Challenge,
    /// What was signed is something else.
    #[error(
        "the signature does not hold: it has to be over this server's address, its ledger, the key, the challenge and what it is for"
    )]
    Signature,
}

/// Makes challenges, and knows them again.
#[derive(Clone)]
pub(crate) struct Challenges {
    secret: [u8; 32],
}

impl std::fmt::Debug for Challenges {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Challenges")
    }
}

/// What somebody shows who signs in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SignIn<'a> {
    /// By what their request calls this server: `https://minutes.example`. Whoever stands between can call it anything; a page of
    /// another server has no key of this one's.
    pub(crate) origin: &'a str,
    /// The ledger.
    pub(crate) ledger: Hash,
    /// The key that they hold.
    pub(crate) key: PublicKey,
    /// The challenge that they were given.
    pub(crate) challenge: &'a str,
    /// What for: `list`, or `remove` with the name of a draft.
    pub(crate) act: &'a str,
    /// The key's signature.
    pub(crate) signature: Signature,
}

impl Challenges {
    /// Under a secret of its own.
    ///
    /// # Errors
    /// The operating system has no randomness.
    pub(crate) fn new() -> Result<Self, getrandom::Error> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret)?;
        Ok(Self { secret })
    }

    /// A challenge for whoever says to hold a key.
    pub(crate) fn challenge(&self, key: PublicKey, now: SystemTime) -> String {
        self.made(key, now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs())
    }

    fn made(&self, key: PublicKey, second: u64) -> String {
        let code = blake3::keyed_hash(&self.secret, format!("{key} {second}").as_bytes());
        format!("{second}-{}", HEXLOWER.encode(code.as_bytes()))
    }

    /// Whether somebody holds the key.
    ///
    /// # Errors
    /// [`SignInError`].
    pub(crate) fn check(&self, shown: &SignIn<'_>, now: SystemTime) -> Result<(), SignInError> {
        let SignIn { origin, ledger, key, challenge, act, signature } = shown;
        let second = challenge.split_once('-').and_then(|(second, _code)| second.parse::<u64>().ok());
        let second = second.ok_or(SignInError::Challenge)?;
        let is_ours = bool::from(self.made(*key, second).as_bytes().ct_eq(challenge.as_bytes()));
        let made = UNIX_EPOCH.checked_add(Duration::from_secs(second)).ok_or(SignInError::Challenge)?;
        let is_new = now.duration_since(made).is_ok_and(|age| age <= COUNTS);
        // Where nobody says which server was meant, nothing was signed for this one.
        if !(is_ours && is_new) || origin.is_empty() {
            return Err(SignInError::Challenge);
        }
        let payload = format!("{origin}\n{ledger}\n{key}\n{challenge}\n{act}\n");
        key.verify_as(SIGN_IN_TYPE, payload.as_bytes(), signature).map_err(|_no_proof| SignInError::Signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signer as _, SigningKey};
    use minutebook_log::{PAYLOAD_TYPE, pae};

    const ORIGIN: &str = "https://minutes.example";

    fn signed(seed: u8, payload_type: &str, payload: &str) -> (PublicKey, Signature) {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let signature = key.sign(&pae(payload_type, payload.as_bytes()));
        (PublicKey::from_bytes(key.verifying_key().to_bytes()), Signature::from_bytes(signature.to_bytes()))
    }

    #[test]
    fn only_this_key_at_this_server_by_a_new_challenge_of_its_own_signs_in() {
        let (ours, others) = (Challenges::new().unwrap(), Challenges::new().unwrap());
        let now = UNIX_EPOCH + Duration::from_secs(1_790_000_000);
        let ledger = Hash::of(b"entry 0");
        let (key, _) = signed(1, SIGN_IN_TYPE, "");
        let (stranger, _) = signed(2, SIGN_IN_TYPE, "");
        let challenge = ours.challenge(key, now);
        let payload = |challenge: &str| format!("{ORIGIN}\n{ledger}\n{key}\n{challenge}\nlist\n");
        let tried = |challenge: &str, seed, payload_type, payload: &str, later| {
            let (_, signature) = signed(seed, payload_type, payload);
            let shown = SignIn { origin: ORIGIN, ledger, key, challenge, act: "list", signature };
            ours.check(&shown, now + Duration::from_secs(later))
        };
        let good = payload(&challenge);
        assert_eq!(tried(&challenge, 1, SIGN_IN_TYPE, &good, 0), Ok(()));
        assert_eq!(tried(&challenge, 1, SIGN_IN_TYPE, &good, 300), Ok(()));
        assert_eq!(tried(&challenge, 1, SIGN_IN_TYPE, &good, 301), Err(SignInError::Challenge));
        assert_eq!(tried(&challenge, 2, SIGN_IN_TYPE, &good, 0), Err(SignInError::Signature));
        let for_more = good.replace("list", "remove 00");
        assert_eq!(tried(&challenge, 1, SIGN_IN_TYPE, &for_more, 0), Err(SignInError::Signature));
        assert_eq!(tried(&challenge, 1, PAYLOAD_TYPE, &good, 0), Err(SignInError::Signature));
        for other in ["http://minutes.example", "https://evil.example"] {
            let elsewhere = good.replace(ORIGIN, other);
            assert_eq!(tried(&challenge, 1, SIGN_IN_TYPE, &elsewhere, 0), Err(SignInError::Signature));
        }
        let nameless = signed(1, SIGN_IN_TYPE, &good.replace(ORIGIN, "")).1;
        let shown =
            SignIn { origin: "", ledger, key, challenge: &challenge, act: "list", signature: nameless };
        assert_eq!(ours.check(&shown, now), Err(SignInError::Challenge));
        let foreign =
            [others.challenge(key, now), ours.challenge(stranger, now), String::new(), "-".to_owned()];
        for challenge in foreign.into_iter().chain([format!("{}-", u64::MAX), challenge.replace('-', "0-")]) {
            let payload = payload(&challenge);
            let said = tried(&challenge, 1, SIGN_IN_TYPE, &payload, 0);
            assert_eq!(said, Err(SignInError::Challenge), "{challenge}");
        }
    }
}
