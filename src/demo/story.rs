//! What the demo plays: real mergers as acts, from the first look to the day on which one body follows several; and
//! what documents report.

use super::roles::{self, Officer, Role};
use super::scene::{File, Scene, read};
use super::{england, seeds};
use minutebook_governance::Capacity;

/// The name of the ledger of a story beside England's register.
pub(super) const ENGLAND: &str = "minutebook.example/england-2013-2026";
/// The name of the ledger of what documents report.
const DOCUMENTS: &str = "minutebook.example/five-documents";

/// A story that the demo plays.
#[derive(Debug)]
pub struct Story {
    /// Its name, with which it is asked for.
    pub name: &'static str,
    /// What it tells, in a line.
    pub title: &'static str,
    /// What it is made of.
    pub plot: Plot,
}

/// What a story is made of, and so what is asked at its end.
#[derive(Debug)]
pub enum Plot {
    /// A merger beside England's register, up to the first meeting of the body that it ends with; asked about both.
    England(MergerStory),
    /// A merger beside England's register, told day by day.
    Merger(MergerStory),
    /// What documents report, with nothing beside them.
    Documents,
}

/// A merger as acts.
#[derive(Debug)]
pub struct MergerStory {
    /// Its id.
    pub id: &'static str,
    /// The joint appointment that goes before, if there is one.
    pub joint: Option<&'static str>,
    /// The body that it ends with.
    pub successor: &'static str,
    /// The first day of that body.
    pub first_day: &'static str,
    script: File,
    officers: &'static [Officer],
}

const fn ccg(slug: &'static str, place: &'static str, until: Option<&'static str>) -> Officer {
    secretary(slug, place, "2013-04-01", until)
}

const fn secretary(
    slug: &'static str,
    place: &'static str,
    from: &'static str,
    until: Option<&'static str>,
) -> Officer {
    Officer { capacity: Capacity::Secretary, slug, place, from, until }
}

/// Six bodies become one, consulted on and approved.
pub static NOTTINGHAMSHIRE: Story = Story {
    name: "nottinghamshire",
    title: "Nottinghamshire 2013 to 2020: six bodies become one, which takes over their minutes and actions",
    plot: Plot::England(MergerStory {
        id: "merger/nottinghamshire-2019",
        joint: None,
        successor: "52R",
        first_day: "2020-04-01",
        script: ("nottinghamshire.jsonl", include_str!("../../data/nottinghamshire.jsonl")),
        officers: &[
            ccg("04E", "Mansfield and Ashfield", Some("2020-04-01")),
            ccg("04H", "Newark and Sherwood", Some("2020-04-01")),
            ccg("04K", "Nottingham City", Some("2020-04-01")),
            ccg("04L", "Nottingham North and East", Some("2020-04-01")),
            ccg("04M", "Nottingham West", Some("2020-04-01")),
            ccg("04N", "Rushcliffe", Some("2020-04-01")),
            secretary("52R", "Nottingham and Nottinghamshire CCG", "2020-04-01", Some("2022-07-01")),
            Officer {
                capacity: Capacity::Chair,
                slug: "52R",
                place: "Nottingham and Nottinghamshire CCG",
                from: "2020-04-01",
                until: Some("2022-07-01"),
            },
            secretary("QT1", "Nottingham and Nottinghamshire ICB", "2022-07-01", None),
        ],
    }),
};

/// Thanet declines and South Kent Coast defers; both come round; an approval with conditions.
pub static KENT_AND_MEDWAY: Story = Story {
    name: "kent-and-medway",
    title: "Kent and Medway 2018 to 2020: one officer of six bodies, then of eight, then one body under conditions",
    plot: Plot::Merger(MergerStory {
        id: "merger/kent-and-medway-2019",
        joint: Some("appointment/kent-and-medway-2018"),
        successor: "91Q",
        first_day: "2020-04-01",
        script: ("kent-and-medway.jsonl", include_str!("../../data/kent-and-medway.jsonl")),
        officers: &[
            ccg("09C", "Ashford", Some("2020-04-01")),
            ccg("09E", "Canterbury and Coastal", Some("2020-04-01")),
            ccg("09J", "Dartford, Gravesham and Swanley", Some("2020-04-01")),
            ccg("09W", "Medway", Some("2020-04-01")),
            ccg("10A", "South Kent Coast", Some("2020-04-01")),
            ccg("10D", "Swale", Some("2020-04-01")),
            ccg("10E", "Thanet", Some("2020-04-01")),
            ccg("99J", "West Kent", Some("2020-04-01")),
        ],
    }),
};

/// West London's members vote against, and again.
pub static NORTH_WEST_LONDON: Story = Story {
    name: "north-west-london",
    title: "North West London 2020 to 2021: a vote of members that was lost, and a second ballot",
    plot: Plot::Merger(MergerStory {
        id: "merger/north-west-london-2020",
        joint: None,
        successor: "W2U3Z",
        first_day: "2021-04-01",
        script: ("north-west-london.jsonl", include_str!("../../data/north-west-london.jsonl")),
        officers: &[
            ccg("07P", "Brent", Some("2021-04-01")),
            ccg("07W", "Ealing", Some("2021-04-01")),
            ccg("07Y", "Hounslow", Some("2021-04-01")),
            ccg("08C", "Hammersmith and Fulham", Some("2021-04-01")),
            ccg("08E", "Harrow", Some("2021-04-01")),
            ccg("08G", "Hillingdon", Some("2021-04-01")),
            ccg("08Y", "West London", Some("2021-04-01")),
            ccg("09A", "Central London (Westminster)", Some("2021-04-01")),
        ],
    }),
};

/// Rejected, decided anew, applied for again.
pub static SHROPSHIRE: Story = Story {
    name: "shropshire",
    title: "Shropshire, Telford and Wrekin 2019 to 2021: rejected, and back a year later",
    plot: Plot::Merger(MergerStory {
        id: "merger/shropshire-telford-and-wrekin",
        joint: None,
        successor: "M2L0M",
        first_day: "2021-04-01",
        script: ("shropshire.jsonl", include_str!("../../data/shropshire.jsonl")),
        officers: &[
            ccg("05N", "Shropshire", Some("2021-04-01")),
            ccg("05X", "Telford and Wrekin", Some("2021-04-01")),
        ],
    }),
};

/// What the project started from: papers and press reports, of which none is an act.
pub static SEEDS: Story = Story {
    name: "seeds",
    title: "Five documents of 2017 to 2019, read as what they are: reports, of which none is an act",
    plot: Plot::Documents,
};

/// Every story.
pub static STORIES: [&Story; 5] =
    [&NOTTINGHAMSHIRE, &KENT_AND_MEDWAY, &NORTH_WEST_LONDON, &SHROPSHIRE, &SEEDS];

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

    /// The name of its ledger.
    pub fn origin(&self) -> &'static str {
        match &self.plot {
            Plot::England(_) | Plot::Merger(_) => ENGLAND,
            Plot::Documents => DOCUMENTS,
        }
    }

    /// The story as scenes, in the order in which they became known.
    ///
    /// # Errors
    /// A line of its files in `data/` is not as data/README.md describes it.
    pub fn scenes(&self) -> anyhow::Result<Vec<Scene>> {
        match &self.plot {
            Plot::England(merger) | Plot::Merger(merger) => read(merger.script),
            Plot::Documents => Ok([seeds::scenes()?, seeds::responses()?].concat()),
        }
    }

    /// What is played beside it, in no order.
    pub(super) fn backdrop(&self) -> anyhow::Result<Vec<Scene>> {
        match &self.plot {
            Plot::England(_) | Plot::Merger(_) => england::scenes(),
            Plot::Documents => Ok(Vec::new()),
        }
    }

    /// The roles that sign in it and in what is played beside it.
    pub(super) fn roles(&self) -> Vec<Role> {
        match &self.plot {
            Plot::England(merger) | Plot::Merger(merger) => {
                roles::common().into_iter().chain(merger.officers.iter().map(Officer::role)).collect()
            }
            Plot::Documents => vec![roles::importer()],
        }
    }
}
