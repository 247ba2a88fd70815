use crate::witnessing::{OnNoQuorum, Witnesses};
use anyhow::Context as _;
use clap::ValueEnum;
use minutebook_log::{Policy, VerifierKey};
use std::fs;
use std::path::PathBuf;

/// Which witnesses are asked about what is to be published, and what happens without a quorum of them.
#[derive(Debug, clap::Args)]
pub(crate) struct WitnessingArgs {
    /// The witnesses to ask and the quorum to have, a C2SP tlog-policy: a line `witness NAME VKEY URL` for
    /// each, perhaps `group NAME COUNT MEMBER...`, and `quorum NAME`.
    #[arg(long, value_name = "FILE", requires = "on_no_quorum")]
    witness_policy: Option<PathBuf>,
    /// What happens to a checkpoint without a quorum. There is no default: it is for the body to decide.
    #[arg(long, value_name = "SETTING", requires = "witness_policy")]
    on_no_quorum: Option<Setting>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Setting {
    /// It is published with the signatures that there are.
    Publish,
    /// It waits until there is a quorum; appends go on, and get their receipts.
    Hold,
}

impl WitnessingArgs {
    /// The witnesses, if any are to be asked, for the log that signs with `log`; and a line that says so.
    pub(crate) fn witnesses(&self, log: &VerifierKey) -> anyhow::Result<Option<(Witnesses, String)>> {
        let (Some(path), Some(setting)) = (&self.witness_policy, self.on_no_quorum) else { return Ok(None) };
        let read = || {
            let policy = Policy::parse(&fs::read(path)?)?;
            let count = policy.witnesses().len();
            let (setting, without) = match setting {
                Setting::Publish => (OnNoQuorum::Publish, "published all the same"),
                Setting::Hold => (OnNoQuorum::Hold, "held back"),
            };
            let witnesses = Witnesses::new(policy, log.clone(), setting, setting.into())?;
            Ok((witnesses, format!("{count}; a checkpoint without their quorum is {without}")))
        };
        let read: anyhow::Result<_> = read();
        read.with_context(|| format!("the policy {}", path.display())).map(Some)
    }
}
