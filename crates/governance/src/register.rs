//! Questions about all bodies at once. Questions about one thing stand with that thing.

use crate::actions::action;
use crate::authority::contested_findings;
use crate::bodies::{
    Body, BodyKind, Life, area_findings, body, code_findings, late_findings, neighbour_findings,
};
use crate::constitutions::composition_findings;
use crate::consultations::consultation;
use crate::decisions::ratification_findings;
use crate::documents::horizon;
use crate::figures::figure_findings;
use crate::meetings::{meeting, minutes_findings, sitting_findings};
use crate::memberships::membership_findings;
use crate::mergers::merger;
use crate::people::office_findings;
use crate::{ActionId, BodyId, ConsultationId, Finding, MeetingId, MergerId, Record, View};

/// The bodies of one kind that are open on the view's day, by id.
pub fn open_bodies(record: &Record, kind: BodyKind, view: View) -> Vec<Body> {
    all_bodies(record, view)
        .filter(|body| body.kind() == Some(kind) && body.life(view) == Life::Open)
        .collect()
}

/// Every body that the view knows of, by id.
pub fn all_bodies(record: &Record, view: View) -> impl Iterator<Item = Body> + '_ {
    record.subjects(BodyId::KIND).filter_map(BodyId::of).filter_map(move |id| body(record, &id, view))
}

/// Every finding that the view knows of: of entries when they were admitted, of statements that contradict
/// each other, of what is overdue on the view's day, of entries that a compromised key signed. Sorted by the first
/// entry that each rests on.
pub fn findings(record: &Record, view: View) -> Vec<Finding> {
    let mut findings: Vec<_> = record.findings(view).cloned().collect();
    findings.extend(contested_findings(record, view));
    findings.extend(all_bodies(record, view).flat_map(|body| {
        let lacking = composition_findings(record, &body, view);
        let offices = office_findings(record, &body.id, view);
        body.findings().into_iter().chain(lacking).chain(offices)
    }));
    findings.extend(report_findings(record, view));
    let consultations = record.subjects(ConsultationId::KIND).filter_map(ConsultationId::of);
    findings.extend(
        consultations
            .filter_map(|id| consultation(record, &id, view))
            .flat_map(|consultation| consultation.findings(view)),
    );
    let mergers = record.subjects(MergerId::KIND).filter_map(MergerId::of);
    let mergers = mergers.filter_map(|id| merger(record, &id, view));
    findings.extend(mergers.flat_map(|merger| merger.findings(record.today(view))));
    let actions = record.subjects(ActionId::KIND).filter_map(ActionId::of);
    let actions = actions.filter_map(|id| action(record, &id, view));
    findings.extend(actions.flat_map(|action| action.findings(record.today(view))));
    let bodies = record.subjects(BodyId::KIND).filter_map(BodyId::of);
    findings.extend(bodies.flat_map(|id| ratification_findings(record, &id, view)));
    findings.extend(figure_findings(record, view));
    let meetings = record.subjects(MeetingId::KIND).filter_map(MeetingId::of);
    let meetings = meetings.filter_map(|id| meeting(record, &id, view));
    findings.extend(meetings.flat_map(|meeting| {
        let of_sitting = sitting_findings(record, &meeting, view);
        minutes_findings(record, &meeting, view).into_iter().chain(of_sitting)
    }));
    findings.sort_by_key(|finding| (finding.why.first().copied(), finding.rule.id));
    findings
}

/// What acts are refused for and reports only found to say: on whatever day, until a later entry resolves it.
fn report_findings(record: &Record, view: View) -> Vec<Finding> {
    let mut findings = area_findings(record, view);
    findings.extend(code_findings(record, view));
    let horizon = horizon(record, view);
    for id in record.subjects(BodyId::KIND).filter_map(BodyId::of) {
        findings.extend(neighbour_findings(record, &id, view));
        findings.extend(membership_findings(record, &id, view));
        findings.extend(horizon.into_iter().flat_map(|horizon| late_findings(record, &id, horizon, view)));
    }
    findings
}
