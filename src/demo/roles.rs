//! The roles that are given authority in a re-enactment.

use minutebook_governance::{BodyId, Capacity, Malformed, Standing};

/// The role that reports what the register says.
pub(super) const REGISTER: &str = "register";
/// The day before the first bodies open.
pub(super) const OPENING_DAY: &str = "2013-03-31";

/// A role that is given authority.
#[derive(Debug)]
pub(super) struct Role {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) capacity: Capacity,
    /// For which body alone; nothing for all.
    body: Option<String>,
    pub(super) standings: &'static [Standing],
    /// The day on which it is let in.
    pub(super) from: &'static str,
    /// The first day whose acts it makes no more, known on that day alone: its body is no more.
    pub(super) until: Option<&'static str>,
}

/// Who signs for a body, by its slug, in a story.
#[derive(Debug)]
pub(super) struct Officer {
    /// As its secretary, or as its chair.
    pub(super) capacity: Capacity,
    pub(super) slug: &'static str,
    pub(super) place: &'static str,
    pub(super) from: &'static str,
    pub(super) until: Option<&'static str>,
}

const ACTS: &[Standing] = &[Standing::OwnAct, Standing::OwnRecord];

impl Role {
    pub(super) fn body(&self) -> Result<Option<BodyId>, Malformed> {
        self.body.as_deref().map(str::parse).transpose()
    }

    fn of_all(name: &str, label: &str, capacity: Capacity, standings: &'static [Standing]) -> Self {
        let (name, label) = (name.to_owned(), label.to_owned());
        Self { name, label, capacity, body: None, standings, from: OPENING_DAY, until: None }
    }
}

impl Officer {
    pub(super) fn role(&self) -> Role {
        let title = if self.capacity == Capacity::Chair { "Chair" } else { "Secretary" };
        Role {
            name: format!("{}-{}", self.capacity.as_str(), self.slug),
            label: format!("{title}, {} (role)", self.place),
            capacity: self.capacity,
            body: Some(format!("body/{}", self.slug)),
            standings: ACTS,
            from: self.from,
            until: self.until,
        }
    }
}

/// Who loads what others have written: the only role where nothing but papers speaks.
pub(super) fn importer() -> Role {
    let reports = &[Standing::OwnDocument, Standing::ThirdParty];
    Role::of_all("importer", "Importer of papers and press reports (role)", Capacity::Importer, reports)
}

/// The roles beside England's register.
pub(super) fn common() -> [Role; 4] {
    [
        Role::of_all(REGISTER, "Organisation Data Service (role)", Capacity::Register, &[Standing::Register]),
        importer(),
        Role::of_all(
            "nhs-england-national",
            "NHS England, national director (role)",
            Capacity::NhsEngland,
            ACTS,
        ),
        Role::of_all(
            "nhs-england-region",
            "NHS England, regional director (role)",
            Capacity::NhsEngland,
            ACTS,
        ),
    ]
}
