//! The five documents in a ledger that is served: what must hold after each, asked over gRPC as any program would.

use crate::support::{House, played};
use minutebook::demo::{SceneWriter, story};
use minutebook::proto::view::KnownAt;
use minutebook::proto::{self, Scope, View};
use tonic::Code;

const FOUR: [&str; 4] = ["04K", "04L", "04M", "04N"];
const SIX: [&str; 6] = ["04E", "04H", "04K", "04L", "04M", "04N"];

/// A day as it was known at its end, with what is merely reported.
fn on(day: &str) -> Option<View> {
    let known_at = Some(KnownAt::KnownAtTime(day.to_owned()));
    Some(View { as_at: day.to_owned(), known_at, scope: Scope::Reported.into() })
}

async fn documents() -> House {
    let cast = played::cast(&story::SEEDS);
    played::house(&cast, story::SEEDS.scenes().unwrap()).await
}

async fn officers(house: &mut House, slug: &str, office: &str, day: &str) -> proto::GetOfficeResponse {
    let (body, office) = (format!("body/{slug}"), office.to_owned());
    let request = proto::GetOfficeRequest { body, office, view: on(day) };
    house.register.get_office(request).await.unwrap().into_inner()
}

async fn decisions(house: &mut House, slug: &str, day: &str) -> Vec<proto::Decision> {
    let request = proto::ListDecisionsRequest {
        subject: format!("body/{slug}"),
        view: on(day),
        ..proto::ListDecisionsRequest::default()
    };
    house.register.list_decisions(request).await.unwrap().into_inner().decisions
}

async fn intentions(house: &mut House, subject: &str, day: &str) -> Vec<proto::Intention> {
    let request = proto::ListIntentionsRequest {
        subject: subject.to_owned(),
        view: on(day),
        ..proto::ListIntentionsRequest::default()
    };
    house.register.list_intentions(request).await.unwrap().into_inner().intentions
}

async fn stated(house: &mut House, subject: &str, what: &str, day: &str) -> proto::Stated {
    let (asked, view) = (subject.to_owned(), on(day));
    let request = proto::ListStatedRequest { subject: asked, view, ..proto::ListStatedRequest::default() };
    let all = house.register.list_stated(request).await.unwrap().into_inner().stated;
    all.into_iter().find(|stated| stated.what == what).unwrap()
}

async fn found(house: &mut House, rule: &str, day: &str) -> Vec<String> {
    let request = proto::ListFindingsRequest { view: on(day), ..proto::ListFindingsRequest::default() };
    let all = house.register.list_findings(request).await.unwrap().into_inner().findings;
    all.into_iter().filter(|finding| finding.rule == rule).map(|finding| finding.found).collect()
}

async fn merger(house: &mut House, slug: &str, day: &str) -> proto::Merger {
    let request = proto::GetMergerRequest { merger: format!("merger/{slug}"), view: on(day) };
    house.register.get_merger(request).await.unwrap().into_inner().merger.unwrap()
}

#[tokio::test]
async fn an_announcement_appoints_nobody_and_a_partnership_decides_nothing() {
    let mut house = documents().await;
    let day = "2017-06-28";
    for slug in FOUR {
        let held = officers(&mut house, slug, "accountable_officer", day).await;
        assert!(held.holders.is_empty() && !held.is_vacant, "not known, which is not vacant");
        assert!(decisions(&mut house, slug, day).await.is_empty());
    }
    let plans = intentions(&mut house, "", day).await;
    assert_eq!((plans.len(), plans.iter().filter(|plan| plan.state == "open").count()), (6, 6));
    let meeting = plans.iter().find(|plan| plan.id == "intention/s0-11-approval").unwrap();
    assert_eq!(meeting.when.as_ref().unwrap().written, "next Wednesday");
    let short = stated(&mut house, "partnership/nottinghamshire-stp", "shortfall", day).await;
    assert!(short.says.contains("628") && short.qualified.contains(&"by 2021".to_owned()), "{short:?}");

    let request = |slug: &str| proto::GetPartnershipRequest {
        partnership: format!("partnership/{slug}"),
        view: on("2017-06-20"),
    };
    let ten = house.register.get_partnership(request("greater-nottingham-transformation")).await.unwrap();
    let ten = ten.into_inner();
    assert_eq!((ten.members.len(), ten.may_decide.as_str()), (10, "nothing in law"));
    let stp = house.register.get_partnership(request("nottinghamshire-stp")).await.unwrap().into_inner();
    let bassetlaw: Vec<_> = stp.members.iter().map(|it| (it.body.as_str(), it.status.as_str())).collect();
    assert_eq!(bassetlaw, [("body/02Q", "associate")]);
    let money = stated(&mut house, "partnership/greater-nottingham", "funding", "2017-06-20").await;
    assert!(!money.is_of_one && money.says.contains("about 450"), "{money:?}");
    assert!(money.qualified.iter().any(|words| words.contains("shared by 8")), "{money:?}");
    let overlap = found(&mut house, "area.possible-overlap", "2017-06-20").await;
    assert_eq!(overlap, ["Eastwood is said to be in the areas of body/04L and body/04M"]);
    let powers = proto::GetPowersRequest { body: "body/04K".to_owned(), view: on("2017-06-20") };
    let powers = house.register.get_powers(powers).await.unwrap().into_inner();
    let of = |who: &str| powers.deciders.iter().find(|decider| decider.who == who).unwrap().reach.clone();
    assert_eq!(of("partnership/greater-nottingham-transformation"), "nothing");
    house.stop_and_verify().await;
}

#[tokio::test]
async fn six_prefer_and_none_decides_to_apply() {
    let mut house = documents().await;
    let known = merger(&mut house, "nottinghamshire-2019", "2019-06-16").await;
    assert_eq!((known.state.as_str(), known.legs.len()), ("consulting", 6), "and not Bassetlaw");
    let choices: Vec<_> =
        known.legs.iter().flat_map(|leg| &leg.choices).map(|it| it.choice.as_str()).collect();
    assert_eq!(choices, ["prefer"; 6]);
    assert!(
        known.applications.is_empty() && known.successors.is_empty() && known.regulator_outcome.is_empty()
    );

    let (mut people, mut chairs) = (Vec::new(), Vec::new());
    for slug in SIX {
        let held = officers(&mut house, slug, "accountable_officer", "2019-06-16").await;
        assert!(held.holders.is_empty(), "seen by a paper of May");
        let [holder] = held.perhaps.as_slice() else { panic!("{held:?}") };
        assert_eq!(
            (holder.name.as_str(), &holder.from),
            ("Amanda Sullivan", &None),
            "the start is not stated"
        );
        people.push(holder.person.clone());
        chairs.extend(officers(&mut house, slug, "chair", "2019-06-16").await.perhaps);
    }
    people.dedup();
    assert_eq!((people.len(), chairs.len()), (1, 6), "one person, six holdings, six chairs");

    let asked = |day| proto::GetConsultationRequest {
        consultation: "consultation/nottinghamshire-2019".to_owned(),
        view: on(day),
    };
    let before = house.register.get_consultation(asked("2019-06-16")).await.unwrap().into_inner();
    let before = before.consultation.unwrap();
    let closes = "2019-06-17T09:00:00+01:00";
    assert_eq!((before.state.as_str(), before.closes_at.as_str()), ("open", closes));
    let after = house.register.get_consultation(asked("2019-06-18")).await.unwrap().into_inner();
    let after = after.consultation.unwrap();
    assert_eq!(after.state, "due_passed", "of what a paper reports the clock tells nothing");
    assert_eq!((after.responses_on_time, after.responses_late), (1, 1), "at nine, and a second later");
    assert!(found(&mut house, "consultation.overdue", "2019-06-18").await.is_empty());
    assert_eq!(found(&mut house, "statement.contradiction", "2019-06-16").await.len(), 1);
    house.stop_and_verify().await;
}

#[tokio::test]
async fn three_legs_are_reported_and_nine_posts_proposed() {
    let mut house = documents().await;
    let day = "2018-12-31";
    let joint = proto::GetJointAppointmentRequest {
        appointment: "appointment/leicestershire-accountable-officer".to_owned(),
        view: on(day),
    };
    let joint = house.register.get_joint_appointment(joint).await.unwrap().into_inner();
    for leg in &joint.legs {
        let said: Vec<_> = leg.steps.iter().map(|step| (step.leg.as_str(), step.standing.as_str())).collect();
        assert_eq!(said, [("stalled", "third_party"), ("agreed", "third_party")], "{}", leg.body);
        assert!(!leg.steps[1].decider_as_written.is_empty(), "who decided is left open");
        assert_eq!(leg.person, "");
    }
    let mut chairs = Vec::new();
    for slug in ["04C", "03W", "04V"] {
        assert!(officers(&mut house, slug, "accountable_officer", day).await.holders.is_empty());
        // The journal of November saw them some day of that year: in December nobody knows.
        let holders = officers(&mut house, slug, "chair", day).await.perhaps;
        chairs.push(holders.first().map_or_else(String::new, |holder| holder.name.clone()));
    }
    assert_eq!(chairs, ["Azhar Farooqi", "Ursula Montgomery", ""]);
    for (day, state) in [(day, "open"), ("2020-01-01", "due_passed")] {
        let plans = intentions(&mut house, "body/04C", day).await;
        for slug in ["intention/s3-03-merger-review", "intention/s3-04-options"] {
            assert_eq!(plans.iter().find(|plan| plan.id == slug).unwrap().state, state);
        }
    }

    let known = merger(&mut house, "kent-medway", "2018-02-01").await;
    assert_eq!((known.state.as_str(), known.legs.len()), ("exploring", 8));
    let plans = intentions(&mut house, "body/99J", "2018-02-01").await;
    let structure = plans.iter().find(|plan| plan.id == "intention/s4-11-structure").unwrap();
    let posts = |of_others: bool| {
        let posts = structure.posts.iter().filter(|post| post.of.is_empty() != of_others);
        posts.map(|post| post.count).sum::<u32>()
    };
    assert_eq!((posts(false), posts(true), structure.mood.as_str()), (9, 2, "proposed"));
    let lower = plans.iter().find(|plan| plan.id == "intention/s4-04-merger").unwrap().when.clone().unwrap();
    assert_eq!((lower.earliest.as_str(), lower.latest.as_str()), ("2019-04-01", ""), "a bound, no plan");
    assert_eq!(found(&mut house, "delegation.not-to-partnership", "2018-02-01").await.len(), 1);
    house.stop_and_verify().await;
}

#[tokio::test]
async fn an_importer_reports_and_does_nothing_else() {
    let cast = played::cast(&story::SEEDS);
    let scenes = story::SEEDS.scenes().unwrap();
    let decision = scenes.iter().find(|scene| scene.type_name == "DecisionRecorded").unwrap().clone();
    let mut house = played::house(&cast, scenes).await;
    let act = minutebook::demo::Scene { standing: minutebook_governance::Standing::OwnAct, ..decision };
    let mut known = house.ledger.clone();
    known.origin = story::SEEDS.origin().parse().unwrap();
    let refused = house.append(&SceneWriter::new(&cast).write(&act, &known).unwrap()).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied, "{refused}");
    for slug in SIX {
        let view = on("2020-04-02").map(|view| View { scope: Scope::Enacted.into(), ..view });
        let request = proto::GetBodyRequest { body: format!("body/{slug}"), view };
        assert_eq!(house.register.get_body(request).await.unwrap_err().code(), Code::NotFound);
    }
    house.stop_and_verify().await;
}

#[tokio::test]
async fn the_five_documents_are_listed_with_their_titles_and_dates_where_reports_count() {
    let mut house = documents().await;
    let mut ask = async |scope: Scope| {
        let view = on("2019-06-18").map(|view| View { scope: scope.into(), ..view });
        let request = proto::ListDocumentsRequest { view, ..Default::default() };
        house.register.list_documents(request).await.unwrap().into_inner().documents
    };
    assert!(ask(Scope::Enacted).await.is_empty(), "papers and the press are known by reports alone");
    let reported = ask(Scope::Reported).await;
    for (id, title, published) in [
        ("document/s0-single-leader", "A single leader for greater Nottingham", "June 2017 by context"),
        ("document/s1-accountable-care-system", "Greater Nottingham's accountable care system", "15 June"),
        ("document/nottinghamshire-consultation-2019", "Future arrangements for NHS commissioning", "2019"),
        ("document/s3-joint-officer", "A joint accountable officer for Leicestershire", "2018 by context"),
        ("document/s4-eight-groups", "Kent and Medway's eight CCGs", "before April 2018"),
    ] {
        let found = reported.iter().find(|it| it.id == id).unwrap_or_else(|| panic!("{id} is not listed"));
        let said = minutebook::shown::phrases::text(found.title.as_ref());
        assert!(said.starts_with(title), "{said}");
        let standing = if id.ends_with("consultation-2019") { "own_document" } else { "third_party" };
        assert_eq!(found.standing, standing, "{id}");
        let written = &found.published.as_ref().unwrap().written;
        assert!(written.contains(published), "{id}: {written}");
    }
}
