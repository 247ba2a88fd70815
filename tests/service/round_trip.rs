//! What is exported is imported to the same answers, whatever happened to the bodies: groups that are made up, that merge,
//! are absorbed in whole or in part and are split, with the units that pass and without, on days and in years.

use crate::support::{self, Cast, House, signs};
use minutebook::author::{self, UnboundEvent};
use minutebook::import::Load;
use minutebook::proto::{self, View};
use minutebook::{export, import};
use minutebook_log::Signed;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;
use std::fmt::Write as _;
use std::fs;

/// What happens to the groups that there are, year after year, as the numbers that are drawn say.
#[derive(Debug, Clone, Copy)]
enum Turn {
    Merge(u8, u8),
    Absorb(u8, u8),
    PartAbsorbed(u8, u8),
    Split(u8, bool),
    Ends(u8),
}

fn turns() -> impl Strategy<Value = Vec<(Turn, bool)>> {
    let lot = any::<u8>;
    let turn = prop_oneof![
        3 => (lot(), lot()).prop_map(|(one, other)| Turn::Merge(one, other)),
        2 => (lot(), lot()).prop_map(|(one, other)| Turn::Absorb(one, other)),
        2 => (lot(), lot()).prop_map(|(one, other)| Turn::PartAbsorbed(one, other)),
        3 => (lot(), any::<bool>()).prop_map(|(one, says)| Turn::Split(one, says)),
        1 => lot().prop_map(Turn::Ends),
    ];
    prop::collection::vec((turn, prop::bool::weighted(0.2)), 0..6)
}

/// The tables of such a history.
fn tables(turns: &[(Turn, bool)]) -> (String, String) {
    let mut bodies = String::from("code,kind,name,from,until,unit\n");
    let mut successions = String::from("predecessor,successor,effective,kind,units\n");
    let mut open: Vec<(String, Vec<String>)> = Vec::new();
    let mut listed: Vec<(String, String, String)> = Vec::new();
    for number in 1..=5 {
        let units = vec![format!("U{number}A"), format!("U{number}B")];
        listed.push((format!("C0{number}"), "2013-04-01".to_owned(), units.join(" ")));
        open.push((format!("C0{number}"), units));
    }
    let mut ends: Vec<(String, String)> = Vec::new();
    for (at, (turn, is_vague)) in turns.iter().enumerate() {
        let year = 2014 + at;
        let on = if *is_vague { format!("{year}-04-01/{year}-06-30") } else { format!("{year}-04-01") };
        let pick = |lot: u8, open: &[(String, Vec<String>)]| usize::from(lot) % open.len();
        let mut opens = |open: &mut Vec<(String, Vec<String>)>, which: &str, units: Vec<String>| {
            let code = format!("N{at}{which}");
            listed.push((code.clone(), on.clone(), String::new()));
            open.push((code.clone(), units));
            code
        };
        let mut follows = |from: &str, to: &str, kind: &str, units: &[String]| {
            writeln!(successions, "{from},{to},{on},{kind},{}", units.join(" ")).unwrap();
        };
        match *turn {
            Turn::Merge(one, other) if open.len() > 1 => {
                let (one, one_units) = open.remove(pick(one, &open));
                let (other, other_units) = open.remove(pick(other, &open));
                let new = opens(&mut open, "M", [one_units, other_units].concat());
                follows(&one, &new, "merger", &[]);
                follows(&other, &new, "merger", &[]);
            }
            Turn::Absorb(one, other) if open.len() > 1 => {
                let (one, units) = open.remove(pick(one, &open));
                let heir = pick(other, &open);
                open[heir].1.extend(units);
                follows(&one, &open[heir].0, "absorption", &[]);
            }
            Turn::PartAbsorbed(one, other) if open.len() > 1 => {
                let (one, other) = (pick(one, &open), pick(other, &open));
                if one != other && open[one].1.len() > 1 {
                    let unit = open[one].1.pop().unwrap();
                    follows(&open[one].0, &open[other].0, "absorption", std::slice::from_ref(&unit));
                    open[other].1.push(unit);
                }
            }
            Turn::Split(one, says) => {
                let (one, mut units) = open.remove(pick(one, &open));
                let rest = units.split_off(units.len() / 2);
                let told = |units: &[String]| if says { units.to_vec() } else { Vec::new() };
                let (first, second) = (told(&units), told(&rest));
                let (left, right) = (opens(&mut open, "L", units), opens(&mut open, "R", rest));
                follows(&one, &left, "split", &first);
                follows(&one, &right, "split", &second);
            }
            Turn::Ends(one) if open.len() > 1 => ends.push((open.remove(pick(one, &open)).0, on.clone())),
            _ => {}
        }
    }
    for (code, from, units) in listed {
        let until = ends.iter().find(|(of, _on)| *of == code).map_or("", |(_of, on)| on);
        writeln!(bodies, "{code},ccg,NHS {code} CCG,{from},{until},{units}").unwrap();
    }
    (bodies, successions)
}

/// A ledger into which a register has loaded the tables.
async fn loaded((bodies, successions): &(String, String)) -> House {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let folder = tempfile::tempdir().unwrap();
    let paths = [("bodies.csv", bodies), ("successions.csv", successions)].map(|(name, text)| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    });
    let paths: Vec<_> =
        paths.into_iter().filter(|path| fs::read_to_string(path).unwrap().lines().count() > 1).collect();
    let load = Load::open(&paths).unwrap();
    let rows: Vec<_> = load.rows().map(|row| row.map(|(_place, row)| row)).collect::<Result<_, _>>().unwrap();
    let events: Vec<_> = rows.iter().map(|row| signed(row, &cast, &house)).collect();
    house.append_all(&events).await.unwrap();
    house
}

fn signed(row: &import::Row, cast: &Cast, house: &House) -> Signed {
    let mut data = support::data("register", &[signs(&cast.register, "register")], row.facts.clone());
    if let Some(basis) = &row.basis {
        data.insert("basis".to_owned(), json!(basis));
    }
    let draft = UnboundEvent {
        id: support::new_id(),
        type_name: row.type_name.clone(),
        subject: row.subject.clone(),
        time: support::moment("2026-11-01T09:00:00Z"),
        correlation_id: None,
        data,
    };
    author::sign(draft.bind(&house.ledger).unwrap(), [&cast.register]).unwrap()
}

async fn bodies_on(house: &mut House, day: &str) -> Vec<proto::Body> {
    let request = proto::ListBodiesRequest {
        include_closed: true,
        view: Some(View { as_at: day.to_owned(), ..Default::default() }),
        ..Default::default()
    };
    house.register.list_bodies(request).await.unwrap().into_inner().bodies
}

/// Who holds each unit, and whether each body is there, before, within and after every turn.
async fn answers(house: &mut House) -> Vec<String> {
    let mut said = Vec::new();
    for day in (2013..=2020).flat_map(|year| ["04-01", "05-15"].map(|day| format!("{year}-{day}"))) {
        let view = Some(View { as_at: day.clone(), ..Default::default() });
        for number in 1..=5 {
            for half in ["A", "B"] {
                let unit = format!("U{number}{half}");
                let request = proto::GetCommissionerRequest { unit: unit.clone(), view: view.clone() };
                let found = house.register.get_commissioner(request).await.unwrap().into_inner();
                let body = found.body.map(|body| body.id);
                said.push(format!("{unit} {day} {body:?} {:?}", found.perhaps));
            }
        }
        let bodies = bodies_on(house, &day).await;
        said.extend(bodies.iter().map(|body| format!("{} {day} {:?} {}", body.id, body.life(), body.name)));
    }
    said
}

#[test]
fn whatever_happened_what_is_exported_is_imported_to_the_same_answers() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = Config { cases: 8, failure_persistence: None, ..Config::default() };
    let checked = TestRunner::new(config).run(&turns(), |turns| {
        runtime.block_on(async {
            let first_tables = tables(&turns);
            let mut first = loaded(&first_tables).await;
            let bodies = bodies_on(&mut first, "2026-11-01").await;
            let sure = proto::Answered::default();
            let again = (
                export::bodies(&bodies, "first", &sure).unwrap(),
                export::successions(&bodies, "first", &sure).unwrap(),
            );
            let mut second = loaded(&again).await;
            let told = answers(&mut first).await;
            prop_assert_eq!(answers(&mut second).await, told, "{:?}", first_tables);
            Ok(())
        })
    });
    checked.unwrap();
}
