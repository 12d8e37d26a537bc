//! Prints the IDL of the Anchor program crate in the folder that is named by the one argument, as JSON.

use std::path::PathBuf;

use anchor_lang_idl::build::IdlBuilder;
use anyhow::Context;

fn main() -> anyhow::Result<()> {
    let program = std::env::args_os().nth(1).context("usage: postern-idl PROGRAM_FOLDER")?;
    let idl = IdlBuilder::new()
        .program_path(PathBuf::from(program).canonicalize()?)
        .cargo_args(vec!["--locked".into(), "--lib".into()])
        .build()?;
    println!("{}", serde_json::to_string_pretty(&idl)?);
    Ok(())
}
