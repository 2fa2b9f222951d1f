//! Progress bars on standard error, if that is a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Number of bytes below which reading ends before a bar could be seen.
const MIN_BYTES: usize = 4 << 20;

/// A bar over the bytes of a file; hidden if there are few, or standard error is not a terminal.
pub(crate) fn over(bytes: usize) -> ProgressBar {
    if bytes < MIN_BYTES {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(bytes as u64), ProgressDrawTarget::stderr_with_hz(10));
    let style = ProgressStyle::with_template("reading {bar:40} {bytes}/{total_bytes} {eta}");
    bar.with_style(style.expect("the template is well formed"))
}

/// A counter of the bytes read from an input of unknown length.
pub(crate) fn incoming() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
    let style = ProgressStyle::with_template("reading {bytes} from standard input");
    bar.with_style(style.expect("the template is well formed"))
}

/// A bar over the epochs of all training runs.
pub(crate) fn epochs(count: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(count), ProgressDrawTarget::stderr_with_hz(10));
    let style = ProgressStyle::with_template("training {bar:40} {pos}/{len} epochs, {eta} left");
    bar.with_style(style.expect("the template is well formed"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_short_file_shows_no_bar() {
        assert!(super::over(100).is_hidden());
        assert!(!super::incoming().is_finished());
    }
}
