//! Names as cells of a table for humans.

use crate::command::failure::one_line;

/// The longest name that is not shortened.
const MAX_NAME: usize = 24;

/// A name on one line, without its end if it is long.
pub(crate) fn short(name: &str) -> String {
    let start: String = name.chars().take(MAX_NAME).collect();
    one_line(&if start.len() < name.len() { start + "…" } else { start })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_shortened_and_stay_on_one_line() {
        assert_eq!(short("a\nb"), "a\\nb");
        assert_eq!(short(&"x".repeat(25)), format!("{}…", "x".repeat(24)));
    }
}
