//! Whom to trust: which logs, and how many of which witnesses (C2SP tlog-policy, spec/witness.md).

use crate::vkey::is_of_another_kind;
use crate::{Algorithm, Malformed, VerifierKey, text};
use std::{collections::BTreeSet, fmt};

/// The most bytes that a policy may have.
pub const POLICY_BYTES_MAX: usize = 256 * 1024;

/// The most logs, witnesses and groups that a policy may define together.
pub const POLICY_DEFINITIONS_MAX: usize = 512;

/// The logs whose checkpoints are believed, the witnesses that are known, and how many of them a
/// checkpoint needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<PolicyLog>,
    witnesses: Vec<PolicyWitness>,
    unread: Vec<UnreadWitness>,
    groups: Vec<Group>,
    quorum: Option<PolicyName>,
}

/// A log that is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyLog {
    /// Its key, whose name is its origin.
    pub key: VerifierKey,
    /// Where it is, if said.
    pub url: Option<String>,
}

/// A witness that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyWitness {
    /// What this policy calls it.
    pub name: PolicyName,
    /// Its key.
    pub key: VerifierKey,
    /// Where checkpoints are submitted to it, if said.
    pub url: Option<String>,
}

/// A witness whose key is of a kind that is not known here. It may be named in groups, and has never signed, as far as can
/// be verified: a policy that can do without it is met without it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct UnreadWitness {
    name: PolicyName,
    key: String,
    url: Option<String>,
}

/// What a policy calls a witness or a group: any bytes but space, tab and control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyName(Vec<u8>);

impl fmt::Display for PolicyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

/// So many of these members make the group a witness.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Group {
    name: PolicyName,
    threshold: usize,
    members: Vec<PolicyName>,
}

/// The name that stands for no witness at all.
const NONE: &[u8] = b"none";

impl Policy {
    /// The policy that believes one log and asks for no witness.
    ///
    /// # Errors
    /// [`Malformed`] for a key that is not a log's.
    pub fn of_log(key: VerifierKey) -> Result<Self, Malformed> {
        check_algorithm(&key, Algorithm::Ed25519)?;
        let log = PolicyLog { key, url: None };
        let (witnesses, unread, groups) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Self { logs: vec![log], witnesses, unread, groups, quorum: None })
    }

    /// The logs.
    pub fn logs(&self) -> &[PolicyLog] {
        &self.logs
    }

    /// The witnesses.
    pub fn witnesses(&self) -> &[PolicyWitness] {
        &self.witnesses
    }

    /// What the witnesses are called whose kind of key is not known here.
    pub fn unread(&self) -> impl Iterator<Item = &PolicyName> {
        self.unread.iter().map(|witness| &witness.name)
    }

    /// Whether these witnesses are enough.
    pub fn is_met_by<'k>(&self, witnesses: impl IntoIterator<Item = &'k VerifierKey>) -> bool {
        let signed: BTreeSet<&VerifierKey> = witnesses.into_iter().collect();
        let Some(quorum) = &self.quorum else { return true };
        let known = self.witnesses.iter().filter(|witness| signed.contains(&witness.key));
        let mut met: BTreeSet<&PolicyName> = known.map(|witness| &witness.name).collect();
        // A group names only what stands before it.
        for group in &self.groups {
            if group.members.iter().filter(|member| met.contains(member)).count() >= group.threshold {
                met.insert(&group.name);
            }
        }
        met.contains(quorum)
    }

    /// Writes the policy: logs, witnesses, groups, the quorum.
    pub fn encode(&self) -> Vec<u8> {
        let mut lines = Vec::new();
        for log in &self.logs {
            lines.push(line(&[b"log", log.key.to_string().as_bytes(), url_bytes(&log.url)]));
        }
        for witness in &self.witnesses {
            let key = witness.key.to_string();
            lines.push(line(&[b"witness", &witness.name.0, key.as_bytes(), url_bytes(&witness.url)]));
        }
        for UnreadWitness { name, key, url } in &self.unread {
            lines.push(line(&[b"witness", &name.0, key.as_bytes(), url_bytes(url)]));
        }
        for group in &self.groups {
            let threshold = group.threshold.to_string();
            let mut words: Vec<&[u8]> = vec![b"group", &group.name.0, threshold.as_bytes()];
            words.extend(group.members.iter().map(|member| member.0.as_slice()));
            lines.push(line(&words));
        }
        lines.push(line(&[b"quorum", self.quorum.as_ref().map_or(NONE, |name| &name.0)]));
        lines.concat()
    }

    /// Reads a policy file.
    ///
    /// # Errors
    /// [`Malformed`], at the number of the line (`line 3`), or `policy`.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        if bytes.len() > POLICY_BYTES_MAX {
            let needed = format!("at most {POLICY_BYTES_MAX} bytes");
            return Err(Malformed::new("policy", format!("{} bytes", bytes.len()), needed));
        }
        let lines = bytes
            .strip_suffix(b"\n")
            .ok_or_else(|| Malformed::new("policy", "no line feed at the end", "lines, each with its end"))?;
        let mut reader = Reader::default();
        for (index, line) in lines.split(|b| *b == b'\n').enumerate() {
            reader.read(line).map_err(|malformed| malformed.within(&format!("line {}: ", index + 1)))?;
        }
        reader.finish()
    }
}

fn url_bytes(url: &Option<String>) -> &[u8] {
    url.as_deref().unwrap_or_default().as_bytes()
}

fn line(words: &[&[u8]]) -> Vec<u8> {
    let mut line = words.iter().filter(|word| !word.is_empty()).copied().collect::<Vec<_>>().join(&b' ');
    line.push(b'\n');
    line
}

/// What a policy has said up to a line.
#[derive(Default)]
struct Reader {
    logs: Vec<PolicyLog>,
    witnesses: Vec<PolicyWitness>,
    unread: Vec<UnreadWitness>,
    groups: Vec<Group>,
    quorum: Option<Option<PolicyName>>,
    defined: BTreeSet<PolicyName>,
    members: BTreeSet<PolicyName>,
}

impl Reader {
    fn read(&mut self, line: &[u8]) -> Result<(), Malformed> {
        let control = |b: &u8| (*b < b' ' && *b != b'\t') || *b == 0x7f;
        if line.iter().any(control) {
            return Err(Malformed::new("text", "a control character", "no control character but tab"));
        }
        let words: Vec<&[u8]> =
            line.split(|b| *b == b' ' || *b == b'\t').filter(|word| !word.is_empty()).collect();
        match words.as_slice() {
            [] => Ok(()),
            [first, ..] if first.starts_with(b"#") => Ok(()),
            [b"log", key, url @ ..] => self.log(key, url),
            [b"witness", name, key, url @ ..] => self.witness(name, key, url),
            [b"group", name, threshold, members @ ..] => self.group(name, threshold, members),
            [b"quorum", name] => self.quorum(name),
            _ => Err(refuse("line", line, "a log, witness, group or quorum line, or a comment")),
        }
    }

    fn log(&mut self, key: &[u8], url: &[&[u8]]) -> Result<(), Malformed> {
        let log = PolicyLog { key: parse_key(key, Algorithm::Ed25519)?, url: parse_url(url)? };
        if self.logs.iter().any(|other| other.key.key() == log.key.key()) {
            return Err(refuse("log", key, "each key once"));
        }
        self.logs.push(log);
        self.check_definitions()
    }

    fn witness(&mut self, name: &[u8], key: &[u8], url: &[&[u8]]) -> Result<(), Malformed> {
        let key_words = key;
        if let Some(key) = std::str::from_utf8(key).ok().filter(|key| is_of_another_kind(key)) {
            if self.unread.iter().any(|other| other.key == key) {
                return Err(refuse("witness", key_words, "each key once"));
            }
            let (name, key) = (self.define(name)?, key.to_owned());
            self.unread.push(UnreadWitness { name, key, url: parse_url(url)? });
            return self.check_definitions();
        }
        let key = parse_key(key, Algorithm::CosignatureV1)?;
        if self.witnesses.iter().any(|other| other.key.key() == key.key()) {
            return Err(refuse("witness", key_words, "each key once"));
        }
        let name = self.define(name)?;
        self.witnesses.push(PolicyWitness { name, key, url: parse_url(url)? });
        self.check_definitions()
    }

    fn group(&mut self, name: &[u8], threshold: &[u8], members: &[&[u8]]) -> Result<(), Malformed> {
        let members = members.iter().map(|member| self.member(member)).collect::<Result<Vec<_>, _>>()?;
        let threshold = match threshold {
            b"any" => 1,
            b"all" => members.len(),
            count => std::str::from_utf8(count)
                .ok()
                .and_then(|count| text::parse_number("group", count).ok())
                .and_then(|count| usize::try_from(count).ok())
                .unwrap_or(0),
        };
        if !(1..=members.len()).contains(&threshold) {
            let found = format!("{threshold} of {}", members.len());
            return Err(Malformed::new("group", found, "all, any, or 1 to the number of members"));
        }
        let group = Group { name: self.define(name)?, threshold, members };
        self.groups.push(group);
        self.check_definitions()
    }

    /// A name that stands before, and in no group so far: each witness counts in one way only.
    fn member(&mut self, name: &[u8]) -> Result<PolicyName, Malformed> {
        let member = self.defined(name)?;
        if !self.members.insert(member.clone()) {
            return Err(refuse("group", name, "each name in one group, once"));
        }
        Ok(member)
    }

    fn quorum(&mut self, name: &[u8]) -> Result<(), Malformed> {
        if self.quorum.is_some() {
            return Err(refuse("quorum", name, "one quorum line"));
        }
        self.quorum = Some(if name == NONE { None } else { Some(self.defined(name)?) });
        Ok(())
    }

    fn define(&mut self, name: &[u8]) -> Result<PolicyName, Malformed> {
        let defined = PolicyName(name.to_vec());
        if name == NONE || !self.defined.insert(defined.clone()) {
            return Err(refuse("name", name, "a name of its own, other than none"));
        }
        Ok(defined)
    }

    fn defined(&self, name: &[u8]) -> Result<PolicyName, Malformed> {
        let needed = "the name of a witness or group on a line before";
        self.defined.get(&PolicyName(name.to_vec())).cloned().ok_or_else(|| refuse("name", name, needed))
    }

    fn check_definitions(&self) -> Result<(), Malformed> {
        if self.logs.len() + self.defined.len() <= POLICY_DEFINITIONS_MAX {
            return Ok(());
        }
        let needed = format!("at most {POLICY_DEFINITIONS_MAX} logs, witnesses and groups");
        Err(Malformed::new("policy", "one more", needed))
    }

    fn finish(self) -> Result<Policy, Malformed> {
        let quorum =
            self.quorum.ok_or_else(|| Malformed::new("policy", "no quorum line", "one quorum line"))?;
        let Self { logs, witnesses, unread, groups, .. } = self;
        Ok(Policy { logs, witnesses, unread, groups, quorum })
    }
}

fn parse_key(word: &[u8], algorithm: Algorithm) -> Result<VerifierKey, Malformed> {
    let key = std::str::from_utf8(word).map_err(|_not_utf8| refuse("vkey", word, "a verifier key"))?;
    let key = key.parse()?;
    check_algorithm(&key, algorithm)?;
    Ok(key)
}

fn check_algorithm(key: &VerifierKey, algorithm: Algorithm) -> Result<(), Malformed> {
    if key.algorithm() == algorithm {
        return Ok(());
    }
    let needed = match algorithm {
        Algorithm::Ed25519 => "the key of a log (0x01)",
        Algorithm::CosignatureV1 => "the key of a witness (0x04)",
    };
    Err(Malformed::quoting("vkey: algorithm", &key.to_string(), needed))
}

fn parse_url(words: &[&[u8]]) -> Result<Option<String>, Malformed> {
    match words {
        [] => Ok(None),
        [url] => match std::str::from_utf8(url) {
            Ok(url) => Ok(Some(url.to_owned())),
            Err(_not_utf8) => Err(refuse("url", url, "a URL in UTF-8")),
        },
        [_url, more, ..] => Err(refuse("url", more, "one URL at most, and the end of the line")),
    }
}

fn refuse(at: &str, found: &[u8], needed: &str) -> Malformed {
    Malformed::quoting(at, &String::from_utf8_lossy(found), needed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{KeyName, SecretKey};
    use sha2::{Digest as _, Sha256};

    /// A key of an algorithm that is not known here, with as many bytes as ML-DSA-44's.
    fn later_kind() -> String {
        let material = [vec![0x06], vec![7; 1312]].concat();
        let id = Sha256::new().chain_update("later.example\n").chain_update(&material).finalize();
        format!("later.example+{}+{}", text::encode_hex(&id[..4]), text::encode_base64(&material))
    }

    fn witness() -> VerifierKey {
        let name: KeyName = "known.example".parse().unwrap();
        VerifierKey::of(name, Algorithm::CosignatureV1, &SecretKey::from_seed(&[3; 32]))
    }

    #[test]
    fn a_witness_of_another_kind_is_read_and_has_not_signed() {
        let (later, known) = (later_kind(), witness());
        let text = |threshold| {
            format!(
                "witness known {known}\nwitness later {later} https://later.example\n\
                 group both {threshold} known later\nquorum both\n"
            )
        };
        let policy = Policy::parse(text("any").as_bytes()).unwrap();
        assert_eq!((policy.witnesses().len(), policy.unread().count()), (1, 1));
        assert!(policy.is_met_by([&known]) && !policy.is_met_by([]), "one of them is enough");
        assert!(!Policy::parse(text("all").as_bytes()).unwrap().is_met_by([&known]), "both are asked for");
        assert_eq!(Policy::parse(&policy.encode()).unwrap(), policy);
    }

    #[test]
    fn what_is_no_key_of_any_kind_is_refused() {
        let later = later_kind();
        let other_id = later.replacen("later.example+", "other.example+", 1);
        for key in [other_id.as_str(), later.get(..later.len() - 4).unwrap(), "later.example+00000000+BgcH"] {
            let policy = format!("witness later {key}\nquorum later\n");
            assert!(Policy::parse(policy.as_bytes()).is_err(), "{key:.60}");
        }
        let twice = format!("witness one {later}\nwitness two {later}\nquorum one\n");
        assert!(Policy::parse(twice.as_bytes()).is_err(), "each key once");
    }
}
