//! The gate for one sample at a time.

/// Finds which of these losses pass, one after the other: those of which fewer than a share of the last `window`
/// losses before them were harder.
///
/// A NaN is harder than any other loss. Where nothing is remembered yet, one passes unless the share is 0.
///
/// # Examples
///
/// ```
/// use ohem_testkit::oracle::gate;
///
/// assert_eq!(gate(&[1.0, 3.0, 2.0, 2.5], 0.5, 2), [true, true, false, false]);
/// assert_eq!(gate(&[1.0, 3.0, 2.0, 2.5], 1.0, 2), [true, true, true, true]);
/// ```
#[expect(clippy::cast_precision_loss, reason = "a share of few")]
pub fn gate<H: PartialOrd + Copy>(losses: &[H], share: f32, window: usize) -> Vec<bool> {
    let is_nan = |loss: &H| loss.partial_cmp(loss).is_none();
    let passes = |(at, loss): (usize, &H)| {
        let before = &losses[at.saturating_sub(window)..at];
        let harder = before.iter().filter(|&other| if is_nan(other) { !is_nan(loss) } else { other > loss });
        (harder.count() as f32) < share * before.len().max(1) as f32
    };
    losses.iter().enumerate().map(passes).collect()
}
