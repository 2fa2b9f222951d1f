//! `ohem completions` and `ohem man`: made from the description of the command line.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::command::args::Arguments;
use crate::command::atomic_file::{self, AtomicFile};
use crate::command::failure::Failure;

/// Prints completions for a shell.
///
/// # Errors
///
/// If standard output cannot be written.
pub(crate) fn completions(shell: Shell) -> Result<(), Failure> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "ohem", &mut text);
    atomic_file::publish(vec![AtomicFile::new(None, &text)?])
}

/// Prints the man page of a subcommand, or of `ohem` itself.
///
/// # Errors
///
/// If there is no such subcommand, or standard output cannot be written.
pub(crate) fn man(subcommand: Option<&str>) -> Result<(), Failure> {
    let command = Arguments::command();
    let command = match subcommand {
        None => command,
        Some(name) => {
            let found = command.find_subcommand(name).cloned();
            let found =
                found.ok_or_else(|| Failure::input("ohem man", format!("there is no subcommand {name}")))?;
            let title: &'static str = format!("ohem-{name}").leak(); // once, and names of commands live that long
            found.name(title)
        }
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(command).render(&mut text).map_err(|error| Failure::output("man page", &error))?;
    atomic_file::publish(vec![AtomicFile::new(None, &text)?])
}
