//! What somebody says, before it is an event: built in a line, with the signers whom such a statement has.

use minutebook_log::{EventId, Hash, SecretKey};
use serde_json::{Value, json};

/// The key of a role, from a seed that is the role's name.
pub(crate) fn key(role: &str) -> SecretKey {
    SecretKey::from_seed(Hash::of(role.as_bytes()).as_bytes())
}

/// One statement.
#[derive(Clone)]
pub(crate) struct Said {
    pub(crate) type_name: &'static str,
    pub(crate) subject: String,
    pub(crate) facts: Value,
    pub(crate) standing: &'static str,
    /// Role, capacity, body.
    pub(crate) signers: Vec<(String, &'static str, Option<String>)>,
    pub(crate) more: Vec<(&'static str, Value)>,
    pub(crate) time: Option<String>,
    pub(crate) id: Option<EventId>,
    pub(crate) together: Option<EventId>,
}

/// An act, signed by whoever makes such acts.
pub(crate) fn says(type_name: &'static str, subject: &str, facts: Value) -> Said {
    let signers = usual_signers(type_name, subject, &facts);
    Said {
        type_name,
        subject: subject.to_owned(),
        facts,
        standing: "own_act",
        signers,
        more: Vec::new(),
        time: None,
        id: None,
        together: None,
    }
}

fn usual_signers(
    type_name: &str,
    subject: &str,
    facts: &Value,
) -> Vec<(String, &'static str, Option<String>)> {
    let nhs_england = || ("nhs-england".to_owned(), "nhs_england", None);
    let second = || ("nhs-england-two".to_owned(), "nhs_england", None);
    let registrars = || ["registrar-one", "registrar-two"].map(|role| (role.to_owned(), "registrar", None));
    let of = |list: &str| facts[list][0].as_str().unwrap_or_default().to_owned();
    match type_name {
        "KeyRevoked" | "AuthorityGranted" | "AuthorityRevoked" => registrars().to_vec(),
        "BodyEstablished" | "AreaVaried" | "SuccessionRecorded" => vec![nhs_england()],
        "RegulatorDecisionRecorded" | "ConditionResolved" | "PersonRecorded" => vec![nhs_england()],
        "BodyDissolved" | "ReorganisationEffected" => vec![nhs_england(), second()],
        "BodyRenamed" => vec![nhs_england(), secretary(subject)],
        "JointAppointmentProposed" => vec![secretary(&of("bodies"))],
        "AppointmentDetermined" | "OfficerAppointed" | "AppointmentEnded"
            if facts["office"] == "accountable_officer" =>
        {
            vec![nhs_england()]
        }
        "CommitteeEstablished" | "CommitteeDissolved" => {
            let parents = facts["parents"].as_array().into_iter().flatten();
            parents.map(|body| secretary(body.as_str().unwrap())).collect()
        }
        "CommitteeMembershipChanged" => vec![secretary(facts["body"].as_str().unwrap_or_default())],
        "DelegationGranted" => vec![secretary(facts["from"].as_str().unwrap_or_default())],
        "DelegationRevoked" => vec![secretary(facts["by"].as_str().unwrap_or_default())],
        "PartnershipFormed" | "PartnershipChanged" | "PartnershipMembershipChanged" => {
            let designates = facts.pointer("/change/designated").is_some();
            if designates {
                vec![nhs_england()]
            } else {
                vec![("partnership".to_owned(), "partnership_secretary", None)]
            }
        }
        "MeetingConvened" => vec![secretary(&of("bodies"))],
        "MotionMoved" | "VoteTaken" | "MinutesApproved" => {
            vec![secretary(facts["body"].as_str().unwrap_or_default())]
        }
        "AgendaPublished" | "MeetingRescheduled" | "MeetingOpened" | "AttendanceRecorded"
        | "InterestDeclared" | "MeetingClosed" | "MinutesDrafted" => vec![secretary("body/04K")],
        "ActionAssigned" => vec![secretary(facts["body"].as_str().unwrap_or_default())],
        "InterestRegistered" => vec![secretary(&of("bodies"))],
        "ActionUpdated" | "InterestCeased" => vec![secretary("body/04K")],
        "MemberVoteOpened" | "MemberVoteDeclared" => vec![secretary(&of("bodies"))],
        "ApplicationChanged" if facts["change"]["modified"].is_object() => {
            vec![secretary("body/04K"), nhs_england()]
        }
        "ApplicationChanged" | "MergerAbandoned" => vec![secretary("body/04K")],
        "MergerExplored" | "MergerProposed" => vec![secretary(&of("participants"))],
        "ConsultationOpened" => vec![secretary(&of("owners"))],
        name if name.starts_with("Consultation") || subject.starts_with("consultation/") => {
            vec![secretary("body/04K")]
        }
        "ApplicationSubmitted" => {
            let applicants = facts["applicants"].as_array().into_iter().flatten();
            applicants.map(|body| secretary(body.as_str().unwrap())).collect()
        }
        "TargetSet" | "DirectionsChanged" => vec![nhs_england()],
        "RecordAnnotated" | "AuditReported" => vec![("auditor".to_owned(), "auditor", None)],
        "AttributeReported" => vec![("importer".to_owned(), "importer", None)],
        "IntentionResolved"
        | "TargetOutcomeRecorded"
        | "IntentionRecorded"
        | "DocumentRegistered"
        | "RecordCorrected" => vec![secretary("body/04K")],
        "BodyRegistered" | "IdentifierAssigned" => vec![("register".to_owned(), "register", None)],
        "StatementRecorded" => vec![("importer".to_owned(), "importer", None)],
        _ => vec![secretary(subject)],
    }
}

/// In one line, as a history that fails is read.
impl std::fmt::Debug for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Said { type_name, subject, facts, standing, .. } = self;
        write!(f, "{type_name} of {subject} ({standing}): {facts}")
    }
}

fn secretary(body: &str) -> (String, &'static str, Option<String>) {
    (format!("secretary-{}", body.trim_start_matches("body/")), "secretary", Some(body.to_owned()))
}

impl Said {
    /// Signed by others: role, capacity, and the body if it is one of a body's.
    pub(crate) fn by(mut self, signers: &[(&str, &'static str, &str)]) -> Self {
        let body = |body: &str| (!body.is_empty()).then(|| body.to_owned());
        self.signers =
            signers.iter().map(|(role, capacity, of)| ((*role).to_owned(), *capacity, body(of))).collect();
        self
    }

    /// Reported by a register.
    pub(crate) fn reported(self) -> Self {
        self.by(&[("register", "register", "")]).with_standing("register")
    }

    /// Reported by the second of two registers.
    pub(crate) fn reported_by_another(self) -> Self {
        self.by(&[("register-two", "register", "")]).with_standing("register")
    }

    /// Resting on a paper of this title, which is what speaks, whoever loads it.
    pub(crate) fn printed_in(mut self, title: &str) -> Self {
        self.more.push(("evidence", json!([{"title": title, "held": false}])));
        self
    }

    /// Loaded from the press.
    pub(crate) fn in_the_press(self) -> Self {
        self.by(&[("importer", "importer", "")]).with_standing("third_party")
    }

    pub(crate) fn with_standing(mut self, standing: &'static str) -> Self {
        self.standing = standing;
        self
    }

    /// Written and, in a re-enactment, recorded on that day at noon.
    pub(crate) fn on(mut self, day: &str) -> Self {
        self.time = Some(format!("{day}T12:00:00Z"));
        self
    }

    pub(crate) fn with_id(mut self, number: u8) -> Self {
        self.id = Some(id(number));
        self
    }

    /// Done together with what has the same number, each for itself.
    pub(crate) fn together(mut self, number: u8) -> Self {
        self.together = Some(id(number));
        self
    }

    pub(crate) fn fulfilling(mut self, intention: &str) -> Self {
        self.more.push(("fulfils", json!([intention])));
        self
    }

    pub(crate) fn with_minutes(mut self) -> Self {
        self.more.push((
            "evidence",
            json!([{"title": "Minutes", "held": true, "sha256": "ab".repeat(32), "bytes": 7, "media_type": "text/plain"}]),
        ));
        self
    }

    pub(crate) fn data(&self) -> Value {
        let signatories: Vec<_> = self
            .signers
            .iter()
            .map(|(role, capacity, body)| {
                let mut signatory = json!({"key": key(role).public(), "capacity": capacity});
                if let Some(body) = body {
                    signatory["body"] = json!(body);
                }
                signatory
            })
            .collect();
        let mut data = json!({"standing": self.standing, "signatories": signatories, "facts": self.facts});
        for (name, value) in &self.more {
            data[name] = value.clone();
        }
        data
    }
}

/// An id that a test can cite.
pub(crate) fn id(number: u8) -> EventId {
    EventId::from_parts(1_577_836_800_000, &[number, 0xff, 0, 0, 0, 0, 0, 0, 0, 0])
}

/// The name that the rules accept for a CCG.
pub(crate) fn ccg_name(slug: &str) -> String {
    format!("NHS {slug} Clinical Commissioning Group")
}

/// A CCG of 1 April 2013 as a register lists it; it has the code and the unit of its name.
pub(crate) fn ccg(slug: &str) -> Said {
    ccg_until(slug, None)
}

pub(crate) fn ccg_until(slug: &str, until: Option<&str>) -> Said {
    let mut facts = json!({"kind": "ccg", "name": ccg_name(slug), "from": "2013-04-01",
        "codes": [{"scheme": "ods", "value": slug}], "units": [slug]});
    if let Some(until) = until {
        facts["until"] = json!(until);
    }
    says("BodyRegistered", &format!("body/{slug}"), facts).reported()
}

pub(crate) fn person(name: &str) -> Said {
    says("PersonRecorded", &format!("person/{name}"), json!({"name": name}))
}

pub(crate) fn document() -> Value {
    json!({"title": "Constitution", "held": false})
}

/// A month as its source has it: not its first day.
pub(crate) fn month(year_month: &str, last_day: u8) -> Value {
    json!({"written": year_month, "earliest": format!("{year_month}-01"), "latest": format!("{year_month}-{last_day}")})
}

/// A body is established by act, with its own unit.
pub(crate) fn established(slug: &str, from: &str) -> Said {
    says(
        "BodyEstablished",
        &format!("body/{slug}"),
        json!({"kind": "ccg", "name": ccg_name(slug),
        "legal_basis": "s14D", "effective": from, "constitution": document(),
        "codes": [{"scheme": "ods", "value": slug}], "units": [slug]}),
    )
}

pub(crate) fn appointed(body: &str, office: &str, who: &str, from: &str) -> Said {
    says(
        "OfficerAppointed",
        &format!("body/{body}"),
        json!({"office": office, "person": format!("person/{who}"),
        "tenure": "substantive", "effective": from}),
    )
}

pub(crate) fn ended(body: &str, office: &str, who: &str, on: &str) -> Said {
    says(
        "AppointmentEnded",
        &format!("body/{body}"),
        json!({"office": office, "person": format!("person/{who}"),
        "effective": on, "reason": "resignation"}),
    )
}

pub(crate) fn observed(body: &str, office: &str, who: &str, on: &str) -> Said {
    says(
        "OfficerObserved",
        &format!("body/{body}"),
        json!({"office": office, "person": format!("person/{who}"),
        "observed_on": on, "title_as_written": "chief officer"}),
    )
    .in_the_press()
}

pub(crate) fn decided(body: &str, on: &str, effect: Value) -> Said {
    says(
        "DecisionRecorded",
        &format!("body/{body}"),
        json!({"decided_on": on, "mode": "meeting",
        "outcome": "approved", "text": "As the paper proposes.", "reasons": "As the paper says.", "effect": effect}),
    )
}

/// A body's choice about the merger `merger/m`.
pub(crate) fn chose(body: &str, choice: &str, on: &str) -> Said {
    let mut said = decided(body, on, json!({"merger": {"merger": "merger/m", "choice": choice}}));
    if choice == "defer" {
        said.facts["outcome"] = json!("deferred");
    }
    said
}

pub(crate) fn proposed(merger: &str, bodies: &[&str], on: &str) -> Said {
    let participants: Vec<_> = bodies.iter().map(|slug| format!("body/{slug}")).collect();
    says(
        "MergerProposed",
        &format!("merger/{merger}"),
        json!({"participants": participants, "proposed_on": on}),
    )
}

pub(crate) fn explored(merger: &str, bodies: &[&str], on: &str) -> Said {
    let participants: Vec<_> = bodies.iter().map(|slug| format!("body/{slug}")).collect();
    says(
        "MergerExplored",
        &format!("merger/{merger}"),
        json!({"participants": participants, "kind": "review", "explored_on": on}),
    )
}

pub(crate) fn abandoned(merger: &str, on: &str) -> Said {
    says(
        "MergerAbandoned",
        &format!("merger/{merger}"),
        json!({"abandoned_on": on, "reason": "Practices were against it."}),
    )
}

/// The result of ballot `number` of a body's members on the merger `merger/m`.
pub(crate) fn voted(body: &str, number: u32, on: &str, figures: Value, outcome: &str) -> Said {
    says(
        "MemberVoteDeclared",
        "merger/m",
        json!({"bodies": [format!("body/{body}")], "ballot": number, "declared_on": on,
        "figures": figures, "outcome": outcome}),
    )
}

/// Application `number` of 04K and 04L, to merge on 1 April 2020.
pub(crate) fn applied(number: u32, on: &str) -> Said {
    says(
        "ApplicationSubmitted",
        "merger/m",
        json!({"number": number, "applicants": ["body/04K", "body/04L"],
        "to": "NHS England", "submitted_on": on, "requested_effective": "2020-04-01",
        "proposed_name": ccg_name("52R"), "constitution": document(), "accountable_officer": "person/a"}),
    )
}

pub(crate) fn regulator(number: u32, outcome: &str, on: &str) -> Said {
    says(
        "RegulatorDecisionRecorded",
        "merger/m",
        json!({"number": number, "outcome": outcome, "decided_on": on,
        "reasons": "In writing."}),
    )
}

pub(crate) fn with_conditions(mut said: Said, conditions: &[(&str, &str)]) -> Said {
    let condition = |(id, due): &(&str, &str)| json!({"id": id, "text": "To be met.", "due": due});
    said.facts["conditions"] = conditions.iter().map(condition).collect();
    said
}

pub(crate) fn resolved(condition: &str, resolution: &str, on: &str) -> Said {
    says(
        "ConditionResolved",
        "merger/m",
        json!({"condition": condition, "resolution": resolution, "resolved_on": on}),
    )
}

/// 04K and 04L become 52R on 1 April 2020.
pub(crate) fn merged() -> Said {
    let succession =
        |slug| json!({"predecessor": format!("body/{slug}"), "successor": "body/52R", "kind": "merger"});
    says(
        "ReorganisationEffected",
        "reorganisation/r",
        json!({"basis": "merger", "merger": "merger/m",
        "effective": "2020-04-01", "closing": ["body/04K", "body/04L"],
        "opening": [{"body": "body/52R", "kind": "ccg", "name": ccg_name("52R"), "legal_basis": "s14G",
            "codes": [{"scheme": "ods", "value": "52R"}], "constitution": document()}],
        "successions": [succession("04K"), succession("04L")],
        "officers": [{"body": "body/52R", "office": "accountable_officer", "person": "person/a", "tenure": "substantive"}]}),
    )
}

/// Everything up to the approval of `merged`.
pub(crate) fn up_to_approval() -> Vec<Said> {
    let mut all = up_to_application();
    all.push(regulator(1, "approved", "2019-10-30"));
    all
}

pub(crate) fn up_to_application() -> Vec<Said> {
    vec![
        proposed("m", &["04K", "04L"], "2019-04-04"),
        chose("04K", "apply", "2019-07-04"),
        chose("04L", "apply", "2019-07-04"),
        applied(1, "2019-09-30"),
    ]
}

pub(crate) fn consulted() -> Said {
    says(
        "ConsultationOpened",
        "consultation/c",
        json!({"owners": ["body/04K"], "topic": "One body?",
        "opens": "2019-05-01", "closes_at": "2019-06-17T09:00:00+01:00", "questions": [], "audiences": []}),
    )
}

pub(crate) fn consultation_closed(at: &str) -> Said {
    says("ConsultationClosed", "consultation/c", json!({"closed_at": at}))
}

/// Application, decision and consultation of the same merger.
pub(crate) fn consulted_on_m() -> Said {
    let mut said = consulted();
    said.facts["merger"] = json!("merger/m");
    said
}
