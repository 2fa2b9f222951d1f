//! Comparisons, which describe a difference in one line.

use core::fmt::Debug;

/// Nothing, or a description of the failure.
pub(crate) type Outcome = Result<(), String>;

/// Compares two lists and names the first place where they differ.
pub(crate) fn same<T: PartialEq + Debug>(what: &str, got: &[T], want: &[T]) -> Outcome {
    if got == want {
        return Ok(());
    }
    let at = got.iter().zip(want).take_while(|(got, want)| got == want).count();
    let place = |list: &[T]| list.get(at).map_or("nothing".into(), |value| format!("{value:?}"));
    let (found, expected, long) = (place(got), place(want), want.len());
    Err(format!("{what}: {found} instead of {expected} at {at}; {} long instead of {long}", got.len()))
}

/// Compares two lists as sets.
pub(crate) fn same_set<T: Ord + Copy + Debug>(what: &str, got: &[T], want: &[T]) -> Outcome {
    let sorted = |list: &[T]| {
        let mut list = list.to_vec();
        list.sort_unstable();
        list
    };
    same(what, &sorted(got), &sorted(want))
}

/// Compares two values.
pub(crate) fn equal<T: PartialEq + Debug>(what: &str, got: T, want: T) -> Outcome {
    holds(got == want, || format!("{what}: {got:?}, expected {want:?}"))
}

/// Compares two numbers, up to `tolerance` times the expected one, or times `scale` if that is more.
pub(crate) fn near(what: &str, got: f64, want: f64, tolerance: f64, scale: f64) -> Outcome {
    let off = (got - want).abs();
    holds(off <= tolerance * want.abs().max(scale), || format!("{what}: {got:e}, expected {want:e}"))
}

/// Asks for a fact.
pub(crate) fn holds(fact: bool, otherwise: impl FnOnce() -> String) -> Outcome {
    if fact { Ok(()) } else { Err(otherwise()) }
}
