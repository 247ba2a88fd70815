//! Compiles `proto/` into Rust and into the descriptor set that reflection serves, without protoc.

use std::{error::Error, fs, path::PathBuf};

const FILES: [&str; 17] = [
    "minutebook/v1/shown.proto",
    "minutebook/v1/view.proto",
    "minutebook/v1/log.proto",
    "minutebook/v1/proof.proto",
    "minutebook/v1/actions.proto",
    "minutebook/v1/annotations.proto",
    "minutebook/v1/changes.proto",
    "minutebook/v1/committees.proto",
    "minutebook/v1/governing_body.proto",
    "minutebook/v1/interests.proto",
    "minutebook/v1/memberships.proto",
    "minutebook/v1/minutes.proto",
    "minutebook/v1/news.proto",
    "minutebook/v1/people.proto",
    "minutebook/v1/powers.proto",
    "minutebook/v1/votes.proto",
    "minutebook/v1/register.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=proto");
    let mut compiler = protox::Compiler::new(["proto"])?;
    compiler.include_source_info(true).include_imports(true).open_files(FILES)?;
    let out: PathBuf = std::env::var("OUT_DIR")?.into();
    // With the options of shown.proto, which the generator does not know and would drop.
    fs::write(out.join("minutebook.v1.bin"), compiler.encode_file_descriptor_set())?;
    // A message knows its name, by which reflection finds its fields.
    let mut config = tonic_prost_build::Config::new();
    config.enable_type_names();
    tonic_prost_build::configure().compile_fds_with_config(compiler.file_descriptor_set(), config)?;
    Ok(())
}
