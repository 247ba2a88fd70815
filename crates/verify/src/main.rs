//! `minutebook-verify`: the auditor's program. All of it is in the library.

use std::process::ExitCode;

/// A quarter of what an audit takes went into the allocator of the C library.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned());
    minutebook_verify::cli::run(arguments.collect())
}
