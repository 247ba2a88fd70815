//! The roles of the re-enactment: a key for each, made on the spot, and the entries that let each key in.
//! They are roles, never people; in a ledger of one's own a key belongs to somebody.

use super::roles::{OPENING_DAY, REGISTER, Role};
use super::scene::{Scene, midnight};
use super::story::{self, Story};
use anyhow::Context as _;
use minutebook_governance::authority::{
    Any, AuthorityGranted, AuthorityRevoked, Extent, KeyEnrolled, KeyUse,
};
use minutebook_governance::{Basis, Capacity, Date, RULES_VERSION, Sealable, Signatory, Standing};
use minutebook_log::{Opening, Origin, PublicKey, Purpose, Registrar, SecretKey, Timestamp};
use serde_json::Value;
use std::collections::BTreeMap;

const REGISTRARS: [&str; 2] = ["registrar-one", "registrar-two"];
/// The key of the ledger itself, which signs checkpoints.
const LOG: &str = "log";

/// Everybody who signs, with their keys.
#[derive(Debug)]
pub struct Cast {
    story: &'static Story,
    roles: Vec<Role>,
    keys: BTreeMap<String, SecretKey>,
}

impl Cast {
    /// The cast of Nottinghamshire's story: a key for each role, made by `make` from the role's name.
    ///
    /// # Errors
    /// The first that `make` gives.
    pub fn new<E>(make: impl FnMut(&str) -> Result<SecretKey, E>) -> Result<Self, E> {
        Self::of(&story::NOTTINGHAMSHIRE, make)
    }

    /// The cast of a story, as [`Cast::new`].
    ///
    /// # Errors
    /// The first that `make` gives.
    pub fn of<E>(
        story: &'static Story,
        mut make: impl FnMut(&str) -> Result<SecretKey, E>,
    ) -> Result<Self, E> {
        let roles = story.roles();
        let names = REGISTRARS.into_iter().chain([LOG]).chain(roles.iter().map(|role| role.name.as_str()));
        let keys: Result<_, E> = names.map(|name| Ok((name.to_owned(), make(name)?))).collect();
        let keys = keys?;
        Ok(Self { story, roles, keys })
    }

    /// The story that it plays.
    pub fn story(&self) -> &'static Story {
        self.story
    }

    /// What the ledger opens with: its registrars, and that it plays the past again.
    ///
    /// # Errors
    /// A key of the cast is missing.
    pub fn opening(&self, origin: Origin) -> anyhow::Result<Opening> {
        let registrar = |name: &&'static str| {
            anyhow::Ok(Registrar { key: self.public(name)?, holder: format!("holder-of-{name}") })
        };
        Ok(Opening {
            origin,
            purpose: Purpose::ReEnactment,
            checkpoint_key: self.public(LOG)?,
            registrars: REGISTRARS.iter().map(registrar).collect::<Result<_, _>>()?,
            threshold: REGISTRARS.len() as u64,
            continues: None,
            rules: RULES_VERSION,
        })
    }

    /// When the ledger opens.
    ///
    /// # Errors
    /// None that a caller could cause.
    pub fn opening_time(&self) -> anyhow::Result<Timestamp> {
        Ok(midnight(OPENING_DAY)?)
    }

    /// The registrars' keys, who sign the opening.
    ///
    /// # Errors
    /// A key of the cast is missing.
    pub fn registrars(&self) -> anyhow::Result<Vec<&SecretKey>> {
        REGISTRARS.iter().map(|name| self.key(name)).collect()
    }

    /// The scenes that let the register in, without which it can report nothing.
    ///
    /// # Errors
    /// A key of the cast is missing.
    pub fn register_scenes(&self) -> anyhow::Result<Vec<Scene>> {
        self.scenes_of(|role| role.name == REGISTER)
    }

    /// The scenes that let everybody else in, and limit the secretaries of bodies that are no more, in the
    /// order in which they became known.
    ///
    /// # Errors
    /// A key of the cast is missing.
    pub fn other_scenes(&self) -> anyhow::Result<Vec<Scene>> {
        self.scenes_of(|role| role.name != REGISTER)
    }

    /// Who signs a scene, as what.
    pub(super) fn signatories(&self, scene: &Scene) -> anyhow::Result<Vec<Signatory>> {
        let enrols = scene.type_name == "KeyEnrolled";
        scene.signers.iter().map(|name| self.signatory(name, enrols)).collect()
    }

    /// The keys that sign a scene.
    pub(super) fn signing_keys(&self, scene: &Scene) -> anyhow::Result<Vec<&SecretKey>> {
        scene.signers.iter().map(|name| self.key(name)).collect()
    }

    fn signatory(&self, name: &str, enrols: bool) -> anyhow::Result<Signatory> {
        let key = self.public(name)?;
        let of = |capacity, body| Ok(Signatory { key, capacity, body });
        match self.roles.iter().find(|role| role.name == name) {
            None => of(Capacity::Registrar, None),
            Some(_role) if enrols => of(Capacity::Holder, None),
            Some(role) => of(role.capacity, role.body()?),
        }
    }

    fn key(&self, name: &str) -> anyhow::Result<&SecretKey> {
        self.keys.get(name).with_context(|| format!("no role is called \"{name}\""))
    }

    fn public(&self, name: &str) -> anyhow::Result<PublicKey> {
        Ok(self.key(name)?.public())
    }

    fn scenes_of(&self, wanted: impl Fn(&Role) -> bool) -> anyhow::Result<Vec<Scene>> {
        let mut scenes = Vec::new();
        for role in self.roles.iter().filter(|role| wanted(role)) {
            scenes.extend([self.enrolment(role)?, self.grant(role)?]);
            if let Some(until) = role.until {
                scenes.extend([revocation(role, until)?, self.closing_grant(role, until)?]);
            }
        }
        scenes.sort_by_key(|scene| scene.time);
        Ok(scenes)
    }

    fn enrolment(&self, role: &Role) -> anyhow::Result<Scene> {
        let facts = KeyEnrolled {
            holder: format!("holder-of-{}", role.name),
            key_use: KeyUse::Author,
            label: Sealable::Clear(role.label.clone()),
            custody: None,
        };
        let mut scene =
            by_registrars(role.from, "KeyEnrolled", &format!("key/{}", self.public(&role.name)?), &facts)?;
        scene.signers.push(role.name.clone());
        Ok(scene)
    }

    fn grant(&self, role: &Role) -> anyhow::Result<Scene> {
        let facts = self.authority(role, None)?;
        by_registrars(role.from, "AuthorityGranted", &format!("grant/{}", role.name), &facts)
    }

    /// After its body's end a secretary still signs what the body did before.
    fn closing_grant(&self, role: &Role, until: &str) -> anyhow::Result<Scene> {
        let facts = self.authority(role, Some(until.parse()?))?;
        by_registrars(until, "AuthorityGranted", &format!("grant/{}-closing", role.name), &facts)
    }

    fn authority(&self, role: &Role, acts_until: Option<Date>) -> anyhow::Result<AuthorityGranted> {
        Ok(AuthorityGranted {
            key: self.public(&role.name)?,
            capacity: role.capacity,
            bodies: role.body()?.map_or(Extent::Any(Any::Any), |body| Extent::Listed(vec![body])),
            types: Extent::Any(Any::Any),
            standings: role.standings.to_vec(),
            signs_from: Some(
                format!("{}T00:00:00Z", acts_until.map_or(role.from.to_owned(), |day| day.to_string()))
                    .parse()?,
            ),
            signs_until: None,
            acts_from: role.body()?.is_some().then(|| role.from.parse()).transpose()?,
            acts_until,
            decision: None,
        })
    }
}

fn revocation(role: &Role, day: &str) -> anyhow::Result<Scene> {
    let reason = "the body is no more; a grant for its closing business follows";
    let facts = AuthorityRevoked { reason: Sealable::Clear(reason.to_owned()) };
    by_registrars(day, "AuthorityRevoked", &format!("grant/{}", role.name), &facts)
}

fn by_registrars(
    day: &str,
    type_name: &str,
    subject: &str,
    facts: &impl serde::Serialize,
) -> anyhow::Result<Scene> {
    Ok(Scene {
        time: midnight(day)?,
        type_name: type_name.to_owned(),
        subject: subject.parse()?,
        signers: REGISTRARS.map(str::to_owned).to_vec(),
        standing: Standing::OwnAct,
        basis: Basis::Reconstructed("a key of a role, made for this re-enactment".to_owned()),
        evidence: Vec::new(),
        fulfils: Vec::new(),
        correlation: None,
        facts: serde_json::to_value(facts).map(without_nulls)?,
    })
}

/// Absent members are absent.
fn without_nulls(mut facts: Value) -> Value {
    if let Value::Object(members) = &mut facts {
        members.retain(|_name, value| !value.is_null());
    }
    facts
}
