//! [Nasty](super::nasty) inputs for proptest: bytes are drawn, and shrink to the smallest that still fail.

use core::fmt::Debug;

use arbitrary::{Result, Unstructured};
use proptest::collection::vec;
use proptest::prelude::*;

use super::nasty::{self, Kind};
use super::{Head, Roi, Table};

/// More than anything but a table takes; what lacks bytes reads zeros.
const BYTES: usize = 48;

/// Tables of up to `most` RoIs: all kinds of boxes, groups and losses mixed, NaN losses among them if asked for.
///
/// Each RoI has its own bytes, so that a table shrinks RoI by RoI.
pub fn table(most: usize, nan_losses: bool) -> impl Strategy<Value = Table> {
    let kind = drawn(move |u| Kind::read(u, nan_losses));
    (kind, vec(any::<[u8; BYTES]>(), 0..=most))
        .prop_map(|(kind, rois)| rois.iter().map(|bytes| -> Roi { read(bytes, |u| kind.roi(u)) }).collect())
}

/// Thresholds: [`nasty::threshold`].
pub fn threshold() -> impl Strategy<Value = f64> {
    drawn(nasty::threshold)
}

/// Whatever can be read from a few bytes.
pub fn drawn<T: Debug>(from: impl Fn(&mut Unstructured<'_>) -> Result<T>) -> impl Strategy<Value = T> {
    any::<[u8; BYTES]>().prop_map(move |bytes| read(&bytes, &from))
}

/// A head's output of up to 40 columns and 20 rows; labels are below the columns plus `labels_beyond`.
pub fn head(
    values: impl Strategy<Value = f64> + Clone + 'static,
    labels_beyond: u32,
) -> impl Strategy<Value = Head> {
    (1..40_usize, 0..20_usize).prop_flat_map(move |(columns, rows)| {
        let labels = vec(0..u32::try_from(columns).expect("few columns") + labels_beyond, rows);
        (vec(values.clone(), rows * columns), labels).prop_map(move |(values, labels)| Head {
            values,
            columns,
            labels,
        })
    })
}

fn read<T>(bytes: &[u8], from: impl Fn(&mut Unstructured<'_>) -> Result<T>) -> T {
    from(&mut Unstructured::new(bytes)).expect("bytes that are missing read as zeros")
}
