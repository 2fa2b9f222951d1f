//! Small tables of every nasty kind, which shrink to the smallest that still fails.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::Table;

/// Tables of up to `most` RoIs: all kinds of boxes, groups and losses mixed, NaN losses among them if asked for.
pub fn table(most: usize, nan_losses: bool) -> impl Strategy<Value = Table> {
    (loss(nan_losses), 0..4_u8).prop_flat_map(move |(losses, mix)| {
        let roi = (corners(mix), image(), label(), losses);
        vec(roi, 0..=most).prop_map(|rois| {
            let mut table = Table::default();
            for (corners, image, label, loss) in rois {
                table.corners.push(corners);
                table.images.push(image);
                table.labels.push(label);
                table.losses.push(loss);
            }
            table
        })
    })
}

/// Thresholds: the usual, the exact quotients of small whole numbers, the ends and beyond.
pub fn threshold() -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => proptest::sample::select(vec![0.7, 0.5, 0.3, 0.25, 0.75, 0.9, 2.0 / 3.0, 1.0 / 3.0]),
        2 => 0.0..1.0,
        1 => proptest::sample::select(vec![0.0, -0.0, 1.0, -0.5, 1.5, 1e-9, 1e-40, f64::INFINITY, f64::NEG_INFINITY]),
    ]
}

/// Whole corners in a small field meet exactly, again and again; jittered ones nearly.
fn corners(mix: u8) -> BoxedStrategy<[f64; 4]> {
    let whole = (0..8_u8, 0..8_u8, 0..9_u8, 0..9_u8).prop_map(|(x, y, w, h)| sides(x.into(), y.into(), w, h));
    let jittered = (0..3_u8, 0.0..1.0, 0.0..1.0, 8..12_u8)
        .prop_map(|(cluster, x, y, side)| sides(f64::from(cluster) * 40.0 + x, y, side, side));
    let uniform = (0.0..1e3, 0.0..1e3, 16..128_u8, 16..128_u8).prop_map(|(x, y, w, h)| sides(x, y, w, h));
    match mix {
        0 => whole.boxed(),
        1 => jittered.boxed(),
        2 => prop_oneof![4 => whole, 1 => degenerate()].boxed(),
        _ => prop_oneof![uniform, jittered, whole, degenerate()].boxed(),
    }
}

fn sides(x: f64, y: f64, width: u8, height: u8) -> [f64; 4] {
    [x, y, x + f64::from(width), y + f64::from(height)]
}

/// What is not a box, or hardly one.
fn degenerate() -> impl Strategy<Value = [f64; 4]> {
    let special = || proptest::sample::select(SPECIAL.to_vec());
    let inverted = (0.0..9.0, 0.0..9.0).prop_map(|(x, y)| [x + 5.0, y + 5.0, x, y]);
    prop_oneof![
        [special(), special(), special(), special()],
        inverted,
        Just([10.0, 10.0, 9.0, 9.0]),
        Just([0.0, 0.0, 1e20, 1e20]),
        Just([0.0, 0.0, 1e-30, 1e-30]),
    ]
}

/// Floats that break things; 1e30 squared overflows `f32`, 1e-44 is subnormal in it.
const SPECIAL: [f64; 14] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    10.0,
    1e30,
    -1e30,
    1e-44,
    1e-300,
    f64::MAX,
    f64::MIN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
];

fn image() -> impl Strategy<Value = u32> {
    prop_oneof![8 => 0..3_u32, 1 => proptest::sample::select(vec![4096, 1 << 20, u32::MAX])]
}

/// Few labels, and such as share the low bits of another.
fn label() -> impl Strategy<Value = u32> {
    prop_oneof![8 => 0..4_u32, 1 => proptest::sample::select(vec![4096, 1 << 24, (1 << 24) + 1, u32::MAX])]
}

/// Distinct losses, heavy ties, or every special float.
fn loss(nan: bool) -> BoxedStrategy<BoxedStrategy<f64>> {
    let specials: Vec<_> = SPECIAL.into_iter().chain([-f64::NAN]).filter(|x| nan || !x.is_nan()).collect();
    let special = proptest::sample::select(specials);
    prop_oneof![
        Just((0.0..5.0).boxed()),
        Just((0..4_u8).prop_map(f64::from).boxed()),
        Just(prop_oneof![3 => -1.0..1.0, 1 => special].boxed()),
    ]
    .boxed()
}
