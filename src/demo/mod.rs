//! The demo: England's commissioners 2013 to 2025 as a register reports them, and Nottinghamshire's merger
//! as acts, played through a server of its own, and what a person wants to know of both.

// From the ground up: a module imports only from those listed before it.
mod scene;
pub use scene::Scene;
mod cast;
pub use cast::Cast;
pub mod england;
mod play;
pub mod story;
pub use play::{Author, play_into_book};

/// The name of the ledger that the demo opens.
pub const ORIGIN: &str = "minutebook.example/england-2013-2025";

/// Everything in the order in which it became known: who may sign, what the register reports, what was done.
///
/// # Errors
/// A file of `data/` is not as its README describes it.
pub fn script(cast: &Cast) -> anyhow::Result<Vec<Scene>> {
    let mut scenes =
        [cast.register_scenes()?, cast.other_scenes()?, england::scenes()?, story::scenes()?].concat();
    scenes.sort_by_key(|scene| scene.time);
    Ok(scenes)
}
