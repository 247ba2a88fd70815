//! Who may decide for a body, what a partnership is, and what is stated of both: over the wire and from the command
//! line.

use crate::support::{Cast, House, Story, signs};
use minutebook::proto::{GetPartnershipRequest, GetPowersRequest, ListStatedRequest};
use serde_json::{Value, json};
use std::process::Command;
use tonic::Code;

async fn told_house() -> House {
    let (mut house, cast) = House::with_cast("re-enactment").await;
    let events = told(&cast).map(|story| story.signed(&house.ledger));
    house.append_all(&events).await.unwrap();
    house
}

fn told(cast: &Cast) -> [Story<'_>; 3] {
    let tell = |type_name, subject: &str, facts: Value| Story {
        type_name,
        subject: subject.to_owned(),
        time: "2019-07-06T09:00:00Z",
        standing: "register",
        signs: vec![signs(&cast.register, "register")],
        facts,
    };
    let formed = json!({"name": "The partnership", "kind": "stp", "members": [{"body": "body/04K", "status": "associate"}]});
    let funding = json!({"about": ["body/04K"], "attribute": "funding", "shared_by": 8,
        "value": {"quantity": {"number": 450, "unit": "pounds", "approximate": true}}});
    let delegated = json!({"from": "body/04K", "to": {"partnership": "partnership/p"}, "functions": ["commissioning"],
        "onward": "forbidden", "basis": {"statute": "none"}, "effective": "2019-07-01", "on_succession": "lapses"});
    [
        tell("PartnershipFormed", "partnership/p", formed),
        tell("AttributeReported", "figure/f", funding),
        tell("DelegationGranted", "delegation/d", delegated),
    ]
}

#[tokio::test]
async fn a_partnership_decides_nothing_and_shared_money_is_of_none_alone() {
    let mut house = told_house().await;
    let request = GetPowersRequest { body: "04K".to_owned(), view: None };
    let powers = house.register.get_powers(request).await.unwrap().into_inner();
    let reach: Vec<_> = powers.deciders.iter().map(|it| (it.who.as_str(), it.reach.as_str())).collect();
    assert_eq!(
        reach,
        [
            ("the governing body", "decides"),
            ("NHS England", "decides_about"),
            ("partnership/p", "nothing"),
            ("partnership/p", "nothing"),
        ]
    );
    assert!(powers.deciders.iter().all(|it| !it.because.is_empty()));
    let request = GetPartnershipRequest { partnership: "partnership/p".to_owned(), view: None };
    let found = house.register.get_partnership(request).await.unwrap().into_inner();
    assert_eq!((found.members.len(), found.members[0].status.as_str()), (1, "associate"));
    assert_eq!((found.may_decide.as_str(), found.state.as_str()), ("nothing in law", "live"));
    let request = ListStatedRequest { subject: "04K".to_owned(), ..ListStatedRequest::default() };
    let stated = house.register.list_stated(request).await.unwrap().into_inner().stated;
    assert_eq!((stated.len(), stated[0].is_of_one, stated[0].says.as_str()), (1, false, "about 450 pounds"));
    let request = GetPartnershipRequest { partnership: "partnership/none".to_owned(), view: None };
    assert_eq!(house.register.get_partnership(request).await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_says_the_same() {
    let house = told_house().await;
    let server = format!("http://{}", house.address);
    let state = tempfile::tempdir().unwrap();
    let said = |args: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_minutebook"))
            .args(args)
            .args(["--server", &server])
            .env("MINUTEBOOK_STATE", state.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let powers = said(&["powers", "04K"]);
    assert!(powers.contains("the governing body") && powers.contains("decides nothing in law"), "{powers}");
    let found = said(&["partnership", "p"]);
    assert!(found.contains("The partnership") && found.contains("associate"), "{found}");
    let stated = said(&["stated", "04K"]);
    assert!(stated.contains("shared by 8: of none of them alone"), "{stated}");
    let json: Value = serde_json::from_str(&said(&["powers", "04K", "--json"])).unwrap();
    assert_eq!(json["deciders"][0]["reach"], "decides");
}
