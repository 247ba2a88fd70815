//! What is stated of figures and targets.

use crate::act::Facts;
use crate::words::words;
use crate::{PDate, Sealable};
use minutebook_log::Subject;
use serde::{Deserialize, Serialize};

/// A number as its source has it. What the source does not say is absent: "30,000 to 50,000" has bounds and no
/// number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Quantity {
    /// The number; negative for a cut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<i64>,
    /// It is no less than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<i64>,
    /// It is no more than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<i64>,
    /// Of what: pounds, percent, people, beds, CCG areas.
    pub unit: String,
    /// Whether the source says "around" or the like.
    pub approximate: bool,
    /// The words of the source for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<String>,
}

/// What a figure is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Attribute {
    /// Money that somebody is to have.
    Funding,
    /// Money that is lacking.
    Shortfall,
    /// How many people.
    Population,
    /// The region of the country.
    Region,
    /// The councils of the area.
    Councils,
    /// How many areas or bodies it covers.
    Areas,
    /// The places of the area, as the source names them: these are no units of area.
    Places,
    /// Something else, which the words say.
    Other,
}

words!(
    Attribute:
    Funding = "funding",
    Shortfall = "shortfall",
    Population = "population",
    Region = "region",
    Councils = "councils",
    Areas = "areas",
    Places = "places",
    Other = "other",
);

/// What is stated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Stated {
    /// A number.
    Quantity(Quantity),
    /// Names.
    Names(Vec<String>),
    /// Words.
    Text(String),
}

/// A source states a figure about bodies, partnerships or an area that is still to come. Subject: `figure/<slug>`.
/// Repeating it revises it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AttributeReported {
    /// Whom or what it is about.
    pub about: Vec<Subject>,
    /// What it is about.
    pub attribute: Attribute,
    /// What is stated.
    pub value: Stated,
    /// For which period, or by when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<PDate>,
    /// How many share it: it is the money, or the people, of none of them alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared_by: Option<u32>,
    /// How settled it is, in the words of the source (`indicative potential`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// What qualifies it, in the words of the source (`parts of`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qualifier: Option<String>,
    /// What it depends on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
    /// When it was stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated_on: Option<PDate>,
}

impl Facts for AttributeReported {
    const EXAMPLE: &'static str = r#"{
  "type": "AttributeReported",
  "subject": "figure/care-systems-funding",
  "data": {
    // own_document for a body's own paper, third_party for the press; register with the capacity register.
    "standing": "third_party",
    "signatories": [{"capacity": "importer"}],
    "facts": {
      "about": ["partnership/greater-nottingham"],
      // funding, shortfall, population, region, councils, areas, places, other.
      "attribute": "funding",
      // {"quantity": {..}}, {"names": [".."]} or {"text": ".."}. A quantity has a number, or bounds: at_least, at_most.
      "value": {"quantity": {"number": 450000000, "unit": "pounds", "approximate": true, "written": "around £450m"}},
      // All of the following may be left out.
      "period": {"written": "the next four years"},
      // What several share is the money of none of them alone.
      "shared_by": 8,
      "status": "indicative potential",
      "qualifier": "combined",
      "conditions": ["Accountability for health and wellbeing"],
      "stated_on": {"written": "15 June (year not stated)"}
    }
  }
}"#;
}

/// What a target is set for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// What a body spends on running itself.
    RunningCosts,
    /// Hospital beds.
    Beds,
    /// Money that is lacking.
    Gap,
    /// Something else, which the scope says.
    Other,
}

words!(Measure: RunningCosts = "running_costs", Beds = "beds", Gap = "gap", Other = "other");

/// How a target falls on those whom it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Applies {
    /// Each has to reach it.
    ToEach,
    /// All have to reach it together.
    Together,
}

words!(Applies: ToEach = "to_each", Together = "together");

/// Somebody has to reach something by a day. Subject: `target/<slug>`. Repeating it revises it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TargetSet {
    /// Who has to reach it.
    pub about: Vec<Subject>,
    /// What it is set for.
    pub measure: Measure,
    /// What has to be reached: -20 percent.
    pub value: Quantity,
    /// Whether each has to reach it, or all together.
    pub applies: Applies,
    /// By when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PDate>,
    /// What it is measured from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Quantity>,
    /// What counts and what does not, in the words of the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Who set it, in the words of the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_by: Option<String>,
}

impl Facts for TargetSet {
    const EXAMPLE: &'static str = r#"{
  "type": "TargetSet",
  "subject": "target/running-costs-2020-21",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "nhs_england"}],
    "facts": {
      "about": ["body/04K", "body/04N"],
      // running_costs, beds, gap, other.
      "measure": "running_costs",
      "value": {"number": -20, "unit": "percent", "approximate": false},
      // to_each, together.
      "applies": "to_each",
      // All of the following may be left out; a target without a baseline stays marked.
      "by": {"written": "2020/21", "earliest": "2020-04-01", "latest": "2021-03-31"},
      "baseline": {"number": 14000000, "unit": "pounds", "approximate": true},
      "scope": "Administration alone, not services for patients",
      "set_by": "NHS England"
    }
  }
}"#;
}

/// What became of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TargetOutcome {
    /// It was reached.
    Met,
    /// Some of it was.
    PartlyMet,
    /// It was not reached.
    Missed,
    /// It was given up.
    Dropped,
}

words!(TargetOutcome: Met = "met", PartlyMet = "partly_met", Missed = "missed", Dropped = "dropped");

/// What became of a target. Subject: `target/<slug>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TargetOutcomeRecorded {
    /// What became of it.
    pub outcome: TargetOutcome,
    /// When that was known.
    pub known_on: PDate,
    /// What was reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reached: Option<Quantity>,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<Sealable>,
}

impl Facts for TargetOutcomeRecorded {
    const EXAMPLE: &'static str = r#"{
  "type": "TargetOutcomeRecorded",
  "subject": "target/running-costs-2020-21",
  "data": {
    "standing": "own_act",
    "signatories": [{"capacity": "secretary", "body": "body/04K"}],
    "facts": {
      // met, partly_met, missed, dropped.
      "outcome": "met",
      "known_on": "2021-05-01",
      // The following may be left out.
      "reached": {"number": -21, "unit": "percent", "approximate": false},
      "comment": "By the merger of the six bodies."
    }
  }
}"#;
}
