//! The total order: hardest first, equal losses by index.

use core::cmp::Ordering;

/// How to handle a loss that is NaN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nan {
    /// The first one is an error.
    Error,
    /// It is left out.
    Skip,
    /// It ranks before everything, +inf included; NaNs are equal whatever their sign.
    First,
}

/// Orders all indices: loss descending, then index ascending.
///
/// +0 and -0 are equal. Losses may be floats or integers.
///
/// # Errors
///
/// Under [`Nan::Error`], the index of the first NaN.
///
/// # Examples
///
/// ```
/// use ohem_testkit::oracle::{Nan, rank};
///
/// assert_eq!(rank(&[0.5, 0.9, 0.5, f32::INFINITY], Nan::Error), Ok(vec![3, 1, 0, 2]));
/// assert_eq!(rank(&[0.0, -0.0, 0.0], Nan::Error), Ok(vec![0, 1, 2]));
/// assert_eq!(rank(&[0.5, f64::NAN, 0.9], Nan::Error), Err(1));
/// assert_eq!(rank(&[0.5, f64::NAN, 0.9], Nan::Skip), Ok(vec![2, 0]));
/// assert_eq!(rank(&[f64::INFINITY, -f64::NAN, 0.9], Nan::First), Ok(vec![1, 0, 2]));
/// assert_eq!(rank(&[-3_i8, 7, 7], Nan::Error), Ok(vec![1, 2, 0]));
/// ```
pub fn rank<H: PartialOrd + Copy>(losses: &[H], nan: Nan) -> Result<Vec<usize>, usize> {
    let is_nan = |&index: &usize| losses[index].partial_cmp(&losses[index]).is_none();
    let (nans, mut order): (Vec<usize>, Vec<usize>) = (0..losses.len()).partition(is_nan);
    order.sort_by(|&a, &b| losses[b].partial_cmp(&losses[a]).unwrap_or(Ordering::Equal).then(a.cmp(&b)));
    match (nan, nans.first()) {
        (Nan::Error, Some(&first)) => Err(first),
        (Nan::First, _) => Ok([nans, order].concat()),
        (Nan::Error | Nan::Skip, _) => Ok(order),
    }
}

/// Takes the first `k` of [`rank`], or all if there are fewer.
///
/// # Errors
///
/// Under [`Nan::Error`], the index of the first NaN.
///
/// # Examples
///
/// ```
/// use ohem_testkit::oracle::{Nan, top_k};
///
/// assert_eq!(top_k(&[0.1, 0.9, 0.5, 0.9], 3, Nan::Error), Ok(vec![1, 3, 2]));
/// ```
pub fn top_k<H: PartialOrd + Copy>(losses: &[H], k: usize, nan: Nan) -> Result<Vec<usize>, usize> {
    rank(losses, nan).map(|order| order.into_iter().take(k).collect())
}
