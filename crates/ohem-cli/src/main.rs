//! The `ohem` command: mines hard examples from a table of RoIs, and draws them.
//!
//! One module an idea: [`args`] is the command line, [`source`] is where a table comes from, [`mined`] mines it by a
//! [`rule`], [`output`] writes for people and for programs, [`picture`] draws, [`draft`] lets files appear only when
//! they are complete, and [`failure`] knows the exit codes. A new subcommand is a variant of [`args::Command`] and a
//! module beside [`mine`]. Tables are read by `ohem-table`.

#![forbid(unsafe_code)]

mod args;
mod draft;
mod failure;
mod figures;
mod mine;
mod mined;
mod output;
mod picture;
mod prepare;
mod progress;
mod rule;
mod shipped;
mod source;
mod study;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let done = match args::Arguments::parse().command {
        args::Command::Mine(arguments) => mine::run(&arguments),
        args::Command::Prepare(arguments) => prepare::run(&arguments),
        args::Command::Study(arguments) => study::run(&arguments),
    };
    failure::exit_code(done)
}
