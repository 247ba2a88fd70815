//! Real mergers as acts: from the first look to the day on which one body follows several.

use super::roles::{Role, Secretary};
use super::scene::Scene;
use anyhow::Context as _;

/// A story that the demo plays beside England's register.
#[derive(Debug)]
pub struct Story {
    /// Its name, with which it is asked for.
    pub name: &'static str,
    /// What it tells, in a line.
    pub title: &'static str,
    /// The merger that it is about.
    pub merger: &'static str,
    /// The joint appointment that goes before, if there is one.
    pub joint: Option<&'static str>,
    /// The body that it ends with.
    pub successor: &'static str,
    /// The first day of that body.
    pub first_day: &'static str,
    script: &'static str,
    secretaries: &'static [Secretary],
}

const fn ccg(slug: &'static str, place: &'static str, until: Option<&'static str>) -> Secretary {
    Secretary { slug, place, from: "2013-04-01", until }
}

/// Six bodies become one, consulted on and approved.
pub static NOTTINGHAMSHIRE: Story = Story {
    name: "nottinghamshire",
    title: "Nottinghamshire 2013 to 2020: six bodies become one",
    merger: "merger/nottinghamshire-2019",
    joint: None,
    successor: "52R",
    first_day: "2020-04-01",
    script: include_str!("../../data/nottinghamshire.jsonl"),
    secretaries: &[
        ccg("04E", "Mansfield and Ashfield", Some("2020-04-01")),
        ccg("04H", "Newark and Sherwood", Some("2020-04-01")),
        ccg("04K", "Nottingham City", Some("2020-04-01")),
        ccg("04L", "Nottingham North and East", Some("2020-04-01")),
        ccg("04M", "Nottingham West", Some("2020-04-01")),
        ccg("04N", "Rushcliffe", Some("2020-04-01")),
        Secretary {
            slug: "52R",
            place: "Nottingham and Nottinghamshire CCG",
            from: "2020-04-01",
            until: Some("2022-07-01"),
        },
        Secretary {
            slug: "QT1",
            place: "Nottingham and Nottinghamshire ICB",
            from: "2022-07-01",
            until: None,
        },
    ],
};

/// Thanet declines and South Kent Coast defers; both come round; an approval with conditions.
pub static KENT_AND_MEDWAY: Story = Story {
    name: "kent-and-medway",
    title: "Kent and Medway 2018 to 2020: one officer of six bodies, then of eight, then one body under conditions",
    merger: "merger/kent-and-medway-2019",
    joint: Some("appointment/kent-and-medway-2018"),
    successor: "91Q",
    first_day: "2020-04-01",
    script: include_str!("../../data/kent-and-medway.jsonl"),
    secretaries: &[
        ccg("09C", "Ashford", Some("2020-04-01")),
        ccg("09E", "Canterbury and Coastal", Some("2020-04-01")),
        ccg("09J", "Dartford, Gravesham and Swanley", Some("2020-04-01")),
        ccg("09W", "Medway", Some("2020-04-01")),
        ccg("10A", "South Kent Coast", Some("2020-04-01")),
        ccg("10D", "Swale", Some("2020-04-01")),
        ccg("10E", "Thanet", Some("2020-04-01")),
        ccg("99J", "West Kent", Some("2020-04-01")),
    ],
};

/// West London's members vote against, and again.
pub static NORTH_WEST_LONDON: Story = Story {
    name: "north-west-london",
    title: "North West London 2020 to 2021: a vote of members that was lost, and a second ballot",
    merger: "merger/north-west-london-2020",
    joint: None,
    successor: "W2U3Z",
    first_day: "2021-04-01",
    script: include_str!("../../data/north-west-london.jsonl"),
    secretaries: &[
        ccg("07P", "Brent", Some("2021-04-01")),
        ccg("07W", "Ealing", Some("2021-04-01")),
        ccg("07Y", "Hounslow", Some("2021-04-01")),
        ccg("08C", "Hammersmith and Fulham", Some("2021-04-01")),
        ccg("08E", "Harrow", Some("2021-04-01")),
        ccg("08G", "Hillingdon", Some("2021-04-01")),
        ccg("08Y", "West London", Some("2021-04-01")),
        ccg("09A", "Central London (Westminster)", Some("2021-04-01")),
    ],
};

/// Rejected, decided anew, applied for again.
pub static SHROPSHIRE: Story = Story {
    name: "shropshire",
    title: "Shropshire, Telford and Wrekin 2019 to 2021: rejected, and back a year later",
    merger: "merger/shropshire-telford-and-wrekin",
    joint: None,
    successor: "M2L0M",
    first_day: "2021-04-01",
    script: include_str!("../../data/shropshire.jsonl"),
    secretaries: &[
        ccg("05N", "Shropshire", Some("2021-04-01")),
        ccg("05X", "Telford and Wrekin", Some("2021-04-01")),
    ],
};

/// Every story.
pub static STORIES: [&Story; 4] = [&NOTTINGHAMSHIRE, &KENT_AND_MEDWAY, &NORTH_WEST_LONDON, &SHROPSHIRE];

/// The scenes of Nottinghamshire's story, in the order in which they became known.
///
/// # Errors
/// As [`Story::scenes`].
pub fn scenes() -> anyhow::Result<Vec<Scene>> {
    NOTTINGHAMSHIRE.scenes()
}

impl Story {
    /// The story of that name.
    pub fn named(name: &str) -> Option<&'static Story> {
        STORIES.iter().copied().find(|story| story.name == name)
    }

    /// The story as scenes, in the order in which they became known.
    ///
    /// # Errors
    /// A line of its file in `data/` is not as data/README.md describes it.
    pub fn scenes(&self) -> anyhow::Result<Vec<Scene>> {
        let read = |(line, text)| {
            serde_json::from_str(text).with_context(|| format!("data/{}.jsonl, line {}", self.name, line + 1))
        };
        self.script.lines().enumerate().map(read).collect()
    }

    /// The roles that sign in it, beside those of every story.
    pub(super) fn roles(&self) -> impl Iterator<Item = Role> {
        self.secretaries.iter().map(Secretary::role)
    }
}
