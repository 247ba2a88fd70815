//! The state machine of a consultation, as a table (see `machine`).

use crate::machine::{Row, check};
use crate::said::{Said, consultation_closed, consulted, decided, document, says};
use crate::story::given;
use serde_json::{Value, json};

const CLOSES: &str = "2019-06-17T09:00:00+01:00";

fn about(type_name: &'static str, facts: Value) -> Said {
    says(type_name, "consultation/c", facts).by(&[("secretary-04K", "secretary", "body/04K")])
}

fn withdrawn(day: &str) -> Said {
    about("ConsultationChanged", json!({"changed_on": day, "change": {"withdrawn": {"reason": "Given up."}}}))
}

fn evaluator(day: &str) -> Said {
    about("EvaluatorAppointed", json!({"appointed_on": day, "body": "body/04M"}))
}

fn evaluated(day: &str) -> Said {
    about("EvaluationPublished", json!({"published_on": day, "report": document()}))
}

fn considered(body: &str, day: &str) -> Said {
    decided(body, day, json!({"feedback_considered": {"consultation": "consultation/c"}}))
}

fn answered(day: &str) -> Said {
    about("ConsultationAnswered", json!({"answered_on": day, "document": document()}))
}

fn acts(day: &str) -> Vec<(&'static str, Said)> {
    let at = format!("{day}T12:00:00+01:00");
    let later = json!({"extended": {"closes_at": "2019-12-02T09:00:00Z", "reason": "Asked for."}});
    let response = json!({"reference": "r", "received_at": at, "respondent_kind": "practice"});
    vec![
        ("open", consulted()),
        ("extend", about("ConsultationChanged", json!({"changed_on": day, "change": later}))),
        ("withdraw", withdrawn(day)),
        ("respond", about("ResponseRecorded", response)),
        ("meet", about("EngagementHeld", json!({"held_on": day, "audience": "practices"}))),
        ("close", about("ConsultationClosed", json!({"closed_at": at}))),
        ("appoint", evaluator(day)),
        ("evaluate", evaluated(day)),
        ("consider", considered("04K", day)),
        ("consider-other", considered("04L", day)),
        ("answer", answered(day)),
    ]
}

#[test]
fn a_consultation_takes_its_steps_and_no_others() {
    let row = |state, said: &[Said], day, admits| Row {
        state,
        story: given(said.iter().cloned()),
        acts: acts(day),
        admits,
    };
    let closed = || consultation_closed(CLOSES);
    let running = "open extend withdraw respond meet appoint consider";
    check(vec![
        row("nothing", &[], "2019-05-10", "open"),
        row("announced", &[consulted()], "2019-04-10", running),
        row("open", &[consulted()], "2019-05-10", running),
        row(
            "overdue",
            &[consulted()],
            "2019-06-18",
            "open extend withdraw respond meet close appoint consider",
        ),
        row("withdrawn", &[consulted(), withdrawn("2019-05-09")], "2019-05-10", "respond meet"),
        row("closed", &[consulted(), closed()], "2019-06-18", "respond meet appoint evaluate consider"),
        row(
            "evaluating",
            &[consulted(), closed(), evaluator("2019-06-18")],
            "2019-06-20",
            "respond meet appoint evaluate consider",
        ),
        row(
            "evaluated",
            &[consulted(), closed(), evaluator("2019-06-18"), evaluated("2019-06-28")],
            "2019-07-01",
            "respond meet appoint evaluate consider",
        ),
        row(
            "considered",
            &[consulted(), closed(), evaluated("2019-06-28"), considered("04K", "2019-07-04")],
            "2019-07-05",
            "respond meet appoint evaluate consider answer",
        ),
        row(
            "answered",
            &[consulted(), closed(), considered("04K", "2019-07-04"), answered("2019-07-12")],
            "2019-07-15",
            "respond meet consider answer",
        ),
    ]);
}
