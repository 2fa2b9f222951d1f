//! The signals that end the process.

use std::io;

/// Removes all temporary files and folders when a signal ends the process: Ctrl-C, `kill`, or the end of a terminal.
///
/// The process then ends by that signal, as it would have without this function. A signal that the process ignores, for
/// example under `nohup`, stays ignored. Nothing can be done about `SIGKILL`. On systems other than Unix, this function
/// does nothing.
///
/// # Errors
///
/// If the system refuses to handle the signals, or another thread.
#[cfg(unix)]
pub fn remove_on_signals() -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGXFSZ};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    // A file that exceeds the limit of the process is an error of writing, like a full disk.
    signal_hook::flag::register(SIGXFSZ, std::sync::Arc::default())?;
    let ending = [SIGHUP, SIGINT, SIGQUIT, SIGTERM].into_iter().filter(|&signal| !is_ignored(signal));
    let mut signals = Signals::new(ending)?;
    let handler = std::thread::Builder::new().name("signals".to_owned());
    let handled = handler.spawn(move || {
        for signal in signals.forever() {
            let mut publishing = super::Publishing::begin();
            super::remove_all(&mut publishing);
            // The lock is kept, so that no other thread begins another file. The call does not return.
            let _ = emulate_default_handler(signal);
        }
    });
    handled.map(drop)
}

/// See the other version.
///
/// # Errors
///
/// Never.
#[cfg(not(unix))]
pub fn remove_on_signals() -> io::Result<()> {
    Ok(())
}

/// Whether the process was started with this signal ignored, as far as the system shows that to safe code: only Linux
/// does.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    ignored_in(&status).is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

/// The mask of ignored signals in the text of `/proc/self/status`.
#[cfg(unix)]
fn ignored_in(status: &str) -> Option<u64> {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(mask.trim(), 16).ok()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_mask_of_ignored_signals_is_read() {
        assert_eq!(ignored_in("Name:\tohem\nSigIgn:\t0000000000001001\nSigCgt:\t0\n"), Some(0x1001));
        assert_eq!(ignored_in("Name:\tohem\n"), None);
    }
}
