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
    /// A wrong input or option: the place and the problem.
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

/// Prints help, or the error in the command line.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    let text = error.render().to_string();
    let is_clean = text.lines().all(|line| one_line(line) == line);
    if is_clean || !error.use_stderr() {
        error.exit() // in colours
    }
    let lines: Vec<String> = text.lines().map(one_line).collect();
    let _ = writeln!(io::stderr(), "{}", lines.join("\n"));
    ExitCode::from(2)
}

/// Escapes characters that do more than show themselves, so that a text of a file or the name of one can neither add lines
/// nor move the cursor nor rearrange the text beside it.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().flat_map(shown).collect()
}

/// A character as it is shown: itself or, if it is hostile, its escape.
pub(crate) fn shown(c: char) -> impl Iterator<Item = char> {
    let (escape, itself) = if is_hostile(c) { (Some(c.escape_default()), None) } else { (None, Some(c)) };
    escape.into_iter().flatten().chain(itself)
}

/// Whether a character controls a terminal or the direction of text, ends a line, or is an invisible mark.
pub(crate) fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' // direction
            | '\u{2028}' | '\u{2029}' // ends of a line and of a paragraph
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}') // marks and tags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_stays_one_line() {
        assert_eq!(one_line("a\nb\tc\u{1b}[2Jd é"), "a\\nb\\tc\\u{1b}[2Jd é");
        assert_eq!(one_line("\u{202e}gpj.\u{2028}\u{9b}2J"), "\\u{202e}gpj.\\u{2028}\\u{9b}2J");
        assert_eq!(one_line("naïve 細胞 خلية 👩‍🔬"), "naïve 細胞 خلية 👩‍🔬");
    }

    #[test]
    fn a_closed_pipe_is_no_failure() {
        let gone = io::Error::from(io::ErrorKind::BrokenPipe);
        assert_eq!(Failure::output("x", &gone), Failure::ClosedPipe);
        let full = Failure::output("x", &io::Error::other("full"));
        assert_eq!(full, Failure::Output("x: full".to_owned()));
    }
}
