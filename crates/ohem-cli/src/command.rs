//! The command: mines hard examples from a table of RoIs and draws them, prepares data, and runs the training study.
//!
//! - [`args`] is the command line.
//! - [`source`] finds the table, [`mined`] mines it by a [`rule`], [`output`] writes the result, [`picture`] draws it.
//! - [`atomic_file`] makes files appear only when they are complete, at their [`target`]s, and [`failure`] knows the
//!   exit codes.
//!
//! A new subcommand is a variant of [`args::Command`] and a module beside [`mine`].

mod args;
mod atomic_file;
mod class_names;
mod compare;
mod failure;
mod judge;
mod labels;
mod manual;
mod mine;
mod mined;
mod numbers;
mod output;
mod picture;
mod prepare;
mod progress;
mod report;
mod rule;
mod shipped;
mod source;
mod study;
mod suspects;
mod target;
mod truth;
mod warnings;

use std::process::ExitCode;

use clap::Parser;

/// Runs the command with the arguments of this process.
pub fn main() -> ExitCode {
    let arguments = match args::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return failure::usage(&error),
    };
    // Without it, a temporary file may stay behind, which is better than no result.
    let _ = ohem_study::temporary::remove_on_signals();
    let ended = match arguments.command {
        args::Command::Mine(args) => mine::run(&args),
        args::Command::Compare(args) => compare::run(&args),
        args::Command::Prepare(args) => prepare::run(&args),
        args::Command::Study(args) => study::run(&args),
        args::Command::Report(args) => report::run(&args),
        args::Command::Suspects(args) => suspects::run(&args),
        args::Command::Completions { shell } => manual::completions(shell),
        args::Command::Man { subcommand } => manual::man(subcommand.as_deref()),
    };
    failure::exit_code(ended)
}
