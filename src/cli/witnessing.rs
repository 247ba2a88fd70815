use super::layered::Flags;
use crate::witnessing::{OnNoQuorum, Witnesses, WitnessingError};
use minutebook_log::{Policy, VerifierKey};

/// Which witnesses are asked about what is to be published, and what happens without a quorum of them.
#[derive(Debug, clap::Args)]
pub(crate) struct WitnessingArgs {
    /// The witnesses to ask and the quorum to have, a C2SP tlog-policy: a line `witness NAME VKEY URL` for
    /// each, perhaps `group NAME COUNT MEMBER...`, and `quorum NAME`.
    #[arg(long, value_name = "FILE")]
    witness_policy: Option<String>,
    /// What happens to a checkpoint without a quorum: publish (with the signatures that there are), or hold (it waits;
    /// appends go on). There is no default: it is for the body to decide.
    #[arg(long, value_name = "SETTING")]
    on_no_quorum: Option<String>,
}

impl WitnessingArgs {
    /// What they say, by key.
    pub(crate) fn tell(self, flags: &mut Flags) {
        flags.one("witnesses.policy", "--witness-policy", self.witness_policy);
        flags.one("witnesses.on_no_quorum", "--on-no-quorum", self.on_no_quorum);
    }
}

/// The witnesses of a policy, for the log that signs with `log`; and a line that says so.
pub(crate) fn asked(
    policy: Policy,
    setting: OnNoQuorum,
    log: &VerifierKey,
) -> Result<(Witnesses, String), WitnessingError> {
    let count = policy.witnesses().len();
    let without = match setting {
        OnNoQuorum::Publish => "published all the same",
        OnNoQuorum::Hold => "held back",
    };
    let witnesses = Witnesses::new(policy, log.clone(), setting, setting.into())?;
    Ok((witnesses, format!("{count}; a checkpoint without their quorum is {without}")))
}
