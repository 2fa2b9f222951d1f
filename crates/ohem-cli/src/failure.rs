//! Why the command stops early, and the exit code that says so.

use core::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

/// Why the command stopped early.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The input or an option is wrong. Exit code 2, as for a command line that does not parse.
    Input(String),
    /// A result could not be written. Exit code 1.
    Output(String),
    /// Whoever read the results has had enough, as `head` does. Not a failure: exit code 0, nothing said.
    ClosedPipe,
}

impl Failure {
    /// An input or option that is wrong: where, and what is wrong there.
    pub(crate) fn input(place: impl Display, problem: impl Display) -> Self {
        Self::Input(format!("{place}: {problem}"))
    }

    /// A result that could not be written to a place.
    pub(crate) fn output(place: impl Display, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::Output(format!("{place}: {error}")),
        }
    }
}

/// The exit code of a command that ended so, after one line on standard error if it failed.
pub(crate) fn exit_code(ended: Result<(), Failure>) -> ExitCode {
    match ended {
        Ok(()) | Err(Failure::ClosedPipe) => ExitCode::SUCCESS,
        Err(Failure::Input(line)) => complain(&line, 2),
        Err(Failure::Output(line)) => complain(&line, 1),
    }
}

fn complain(line: &str, code: u8) -> ExitCode {
    // If standard error is closed too, the exit code has to be enough.
    let _ = writeln!(io::stderr(), "error: {}", one_line(line));
    ExitCode::from(code)
}

/// The text with its control characters spelt out, so that no file can forge lines or move the cursor.
pub(crate) fn one_line(text: &str) -> String {
    let spelt = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(spelt).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_stays_one_line() {
        assert_eq!(one_line("a\nb\tc\u{1b}[2Jd é"), "a\\nb\\tc\\u{1b}[2Jd é");
    }

    #[test]
    fn a_closed_pipe_is_no_failure() {
        let gone = io::Error::from(io::ErrorKind::BrokenPipe);
        assert_eq!(Failure::output("x", &gone), Failure::ClosedPipe);
        let full = Failure::output("x", &io::Error::other("full"));
        assert_eq!(full, Failure::Output("x: full".to_owned()));
    }
}
