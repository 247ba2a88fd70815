//! The keys of a load, and as what each signs: what the book has granted it.

use super::super::context::Context;
use super::super::exit::Usage;
use crate::import::RowSigner;
use minutebook_governance::authority::{Extent, GrantHeld, grants_held, now};
use minutebook_governance::{BodyId, Capacity, Record, Signatory};
use std::collections::BTreeSet;
use std::path::Path;

/// Opens the key files, each `FILE` or `NAME=FILE`.
///
/// # Errors
/// What is no key file; a key without a grant, or with several capacities and none named.
pub(super) fn open(
    context: &Context,
    keys: &[String],
    capacity: Option<Capacity>,
    record: &Record,
) -> anyhow::Result<Vec<RowSigner>> {
    keys.iter().map(|key| open_one(context, key, capacity, record)).collect()
}

fn open_one(
    context: &Context,
    written: &str,
    capacity: Option<Capacity>,
    record: &Record,
) -> anyhow::Result<RowSigner> {
    let (name, file) = written.split_once('=').unwrap_or(("", written));
    let key = context.key(Path::new(file))?;
    let grants = grants_held(record, key.public(), now(record));
    let grants: Vec<_> = grants.into_iter().filter(|held| held.revoked.is_none()).collect();
    let capacity = match capacity {
        Some(capacity) => capacity,
        None => sole_capacity(file, &grants)?,
    };
    let body = sole_body(&grants, capacity);
    let signatory = Signatory { key: key.public(), capacity, body };
    Ok(RowSigner { name: name.to_owned(), key, signatory })
}

fn sole_capacity(file: &str, grants: &[GrantHeld]) -> Result<Capacity, Usage> {
    let capacities: BTreeSet<_> = grants.iter().map(|held| held.granted.capacity).collect();
    let mut capacities = capacities.into_iter();
    match (capacities.next(), capacities.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => Err(Usage(format!("{file} may sign nothing in this book: minutebook grant lets it"))),
        (Some(one), Some(other)) => {
            let (one, other) = (one.as_str(), other.as_str());
            Err(Usage(format!("{file} may sign as {one} and as {other}: say as what (--capacity {one})")))
        }
    }
}

/// The body that a capacity is for, where its grants name one alone.
fn sole_body(grants: &[GrantHeld], capacity: Capacity) -> Option<BodyId> {
    let of_capacity = grants.iter().filter(|held| held.granted.capacity == capacity);
    let bodies: BTreeSet<_> = of_capacity
        .flat_map(|held| match &held.granted.bodies {
            Extent::Listed(bodies) => bodies.clone(),
            Extent::Any(_any) => Vec::new(),
        })
        .collect();
    let mut bodies = bodies.into_iter();
    bodies.next().filter(|_only| bodies.next().is_none())
}
