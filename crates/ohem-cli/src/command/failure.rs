//! Why the command fails, and its exit codes.

use core::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

/// Why the command stopped early.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The input or an option is wrong. Exit code 2, as for command lines that do not parse.
    Input(String),
    /// A result could not be written. Exit code 1.
    Output(String),
    /// The reader of the output has closed it, as `head` does. Exit code 0 without a message.
    ClosedPipe,
}

impl Failure {
    /// A wrong input or option: where, and what is wrong there.
    pub(crate) fn input(at: impl Display, problem: impl Display) -> Self {
        Self::Input(format!("{at}: {problem}"))
    }

    /// A result that could not be written.
    pub(crate) fn output(file: impl Display, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::Output(format!("{file}: {error}")),
        }
    }
}

/// Turns the end of the command into an exit code; a failure prints one line on standard error.
pub(crate) fn exit_code(ended: Result<(), Failure>) -> ExitCode {
    match ended {
        Ok(()) | Err(Failure::ClosedPipe) => ExitCode::SUCCESS,
        Err(Failure::Input(line)) => complain(&line, 2),
        Err(Failure::Output(line)) => complain(&line, 1),
    }
}

fn complain(line: &str, code: u8) -> ExitCode {
    // If standard error is closed as well, the exit code alone must do.
    let _ = writeln!(io::stderr(), "error: {}", one_line(line));
    ExitCode::from(code)
}

/// Escapes control characters, so that texts of a file can neither add lines nor move the cursor.
pub(crate) fn one_line(text: &str) -> String {
    let escaped = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(escaped).collect()
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
