//! How a key and its grants look.

use crate::cli::show;
use crate::proto::{Grant, Key};
use owo_colors::OwoColorize as _;

/// A key with its grants, in lines.
pub(super) fn show_key(key: &Key) -> anyhow::Result<()> {
    show::sentence(show::title(&key.key))?;
    if key.is_registrar {
        show::field("registrar", "in force: enrols keys and grants authority".green())?;
    }
    if key.is_registrar && !key.is_enrolled {
        return Ok(show::field("named by", "the opening entry")?);
    }
    show::field("state", state(key))?;
    show::field_if("label", show::text(key.label.as_ref()))?;
    show::field_if("holder", &key.holder)?;
    if let Some(enrolled) = key.enrolled_at {
        let recorded = show::moment(&key.enrolled_recorded);
        show::field("enrolled", format!("{recorded}  {}", show::why(&[enrolled])))?;
    }
    for grant in &key.grants {
        show_grant(grant)?;
    }
    if key.is_enrolled && key.grants.is_empty() {
        show::field("grants", "none: it may not sign anything yet")?;
    }
    Ok(())
}

/// Whether it signs.
fn state(key: &Key) -> String {
    let revoked = || {
        let why = key.revoked_at.map_or_else(String::new, |position| show::why(&[position]));
        format!("{}  {why}", format!("revoked ({}): it signs no more", key.revoked_reason).red())
    };
    let compromised = key.compromised_from.map_or_else(String::new, |from| {
        format!("; {}", format!("what it signed from entry {from} on is contested").red())
    });
    match (key.is_enrolled, key.is_revoked) {
        (_, true) => revoked() + &compromised,
        (true, false) => "enrolled".green().to_string(),
        (false, false) => "not enrolled".yellow().to_string(),
    }
}

fn show_grant(grant: &Grant) -> anyhow::Result<()> {
    let bodies =
        if grant.bodies == ["any"] { String::new() } else { format!(" of {}", grant.bodies.join(", ")) };
    let worth = match grant.state.as_str() {
        "in_force" => String::new(),
        "not_yet" => "  not yet".yellow().to_string(),
        other => format!("  {}", show::words(other)).red().to_string(),
    };
    let name = if worth.is_empty() { "may sign as" } else { "sign as" };
    show::field(name, format!("{}{bodies}{worth}", show::words(&grant.capacity).bold()))?;
    show::field("  grant", &grant.id)?;
    show::field("  types", grant.types.join(", "))?;
    show::field("  standings", grant.standings.join(", "))?;
    show::field_if("  signs", &period(&grant.signs_from, &grant.signs_until))?;
    show::field_if("  acts", &period(&grant.acts_from, &show::last_day(&grant.acts_until)))?;
    let recorded = show::moment(&grant.granted_recorded);
    show::field("  granted", format!("{recorded}  {}", show::why(&[grant.granted_at])))?;
    for registrar in &grant.granted_by {
        show::field("  by", format!("registrar {registrar}"))?;
    }
    for title in &grant.evidence {
        show::field("  evidence", title)?;
    }
    show::field_if("  decision", &grant.decision)?;
    match grant.revoked_at {
        Some(revoked) => Ok(show::field("  revoked", show::why(&[revoked]))?),
        None => Ok(()),
    }
}

fn period(from: &str, to: &str) -> String {
    match (from, to) {
        ("", "") => String::new(),
        (from, "") => format!("from {from}"),
        ("", to) => format!("to {to}"),
        (from, to) => format!("from {from} to {to}"),
    }
}
