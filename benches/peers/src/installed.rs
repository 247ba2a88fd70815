//! Programs of others that this machine may have.

use crate::peer::Error;
use std::path::{Path, PathBuf};

/// A program that is installed, in one of these places or on the path.
pub fn installed(name: &str, places: &[&str]) -> Result<PathBuf, Error> {
    let path = std::env::var("PATH").unwrap_or_default();
    let all = path.split(':').chain(places.iter().copied());
    let found = all.map(|folder| Path::new(folder).join(name)).find(|file| file.is_file());
    found.ok_or_else(|| format!("{name} is not installed").into())
}
