//! The question who may decide for a body.

use crate::proto::{self, GetPowersRequest, GetPowersResponse};
use crate::service::convert::{life, positions};
use crate::service::question::Question;
use crate::service::status;
use minutebook_governance::constitutions::{ConstitutionAdopted, GoverningRulesSet};
use minutebook_governance::powers::{Decider, who_may_decide};
use minutebook_governance::{CommitteeId, DelegationId};
use tonic::Status;

/// Who may decide what for a body.
pub(super) fn get_powers(
    question: &Question<'_>,
    request: &GetPowersRequest,
) -> Result<GetPowersResponse, Status> {
    let look = question.look(request.view.as_ref(), None)?;
    let id = question.the_body(&request.body, look.view)?;
    let found = who_may_decide(question.record(), &id, look.view);
    let found = found.ok_or_else(|| status::not_found("body", &request.body))?;
    question.note_withdrawn(&look, [id.subject()], |told| {
        let arranges = [CommitteeId::KIND, DelegationId::KIND].contains(&told.subject.kind());
        arranges || told.says::<GoverningRulesSet>().is_some() || told.says::<ConstitutionAdopted>().is_some()
    });
    let deciders: Vec<_> = found.deciders.iter().map(decider).collect();
    Ok(GetPowersResponse {
        answered: question.answered(&look, &[&positions(&found.why), &deciders]),
        body: id.to_string(),
        life: life(found.life).into(),
        deciders,
    })
}

fn decider(decider: &Decider) -> proto::Decider {
    proto::Decider {
        who: decider.who.clone(),
        reach: decider.reach.as_str().to_owned(),
        what: decider.what.clone(),
        limit_pounds: decider.limit_pounds,
        because: decider.because.clone(),
        why: positions(&decider.why),
    }
}
