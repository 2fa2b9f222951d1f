//! Boxes as steps, and back.

use ohem_core::targets::{BoxCoder, Decode};
use ohem_core::{BBox, Convention, Float};
use ohem_testkit::adapters::{Core, Oracle, Targets as _};
use ohem_testkit::compare::{assert_deltas_near, is_near};
use ohem_testkit::generate::{Table, strategy};
use proptest::prelude::*;

use crate::a_convention;

fn check_coder<F: Float>(from: &Table, to: &Table, in_: Convention) {
    let (from, to, coder) = (from.boxes::<F>(), to.boxes::<F>(), BoxCoder::new(in_));
    let n = from.len().min(to.len());
    let (got, wanted) = (Core::encode(&coder, &from[..n], &to[..n]), Oracle::encode(&coder, &from, &to));
    assert_eq!(got.len(), n);
    got.into_iter().zip(wanted).for_each(|(got, wanted)| assert_deltas_near(got, wanted));
}

fn check_round_trip<F: Float>(from: [f64; 4], to: [f64; 4], in_: Convention, tolerance: f64) {
    let sides = |[x, y, width, height]: [f64; 4]| BBox::from([x, y, x + width, y + height].map(F::from_f64));
    let (from, to, coder) = (sides(from), sides(to), BoxCoder::new(in_));
    let back = coder.decode(&from, coder.encode(&from, &to));
    for (back, to) in [(back.x1, to.x1), (back.y1, to.y1), (back.x2, to.x2), (back.y2, to.y2)] {
        assert!((back - to).abs() < F::from_f64(tolerance), "{from:?} {to:?}: {back:?}");
    }
}

fn check_decode<F: Float>(from: &Table, deltas: &[[f64; 4]], coder: BoxCoder) {
    let rows = from.boxes::<F>();
    let deltas: Vec<_> = deltas.iter().map(|delta| delta.map(F::from_f64)).collect();
    let deltas: Vec<_> = rows.iter().flat_map(|_| deltas.iter().copied()).collect();
    let (got, wanted) = (Core::decode(&coder, &rows, &deltas), Oracle::decode(&coder, &rows, &deltas));
    assert_eq!(got.len(), wanted.len());
    for (got, wanted) in got.iter().zip(&wanted) {
        let scale = wanted.iter().fold(F::one(), |scale, x| scale.max(x.abs()));
        let near = got.iter().zip(wanted).all(|(&got, &wanted)| is_near(got, wanted, scale));
        assert!(near, "{got:?}, not {wanted:?}: {rows:?} by {deltas:?}");
    }
}

fn check_clip<F: Float>(table: &Table, width: f64, height: f64, in_: Convention) {
    let (rows, size) = (table.boxes::<F>(), [width, height].map(F::from_f64));
    let (got, wanted) = (Core::clip(&rows, size, in_), Oracle::clip(&rows, size, in_));
    assert_eq!(got.len(), wanted.len());
    for (got, want) in got.iter().flatten().zip(wanted.iter().flatten()) {
        assert!(got == want || (got.is_nan() && want.is_nan()));
    }
}

proptest! {
    #[test]
    fn steps(from in strategy::table(80, false), to in strategy::table(80, false), in_ in a_convention()) {
        check_coder::<f32>(&from, &to, in_);
        check_coder::<f64>(&from, &to, in_);
    }

    #[test]
    fn decoding(
        from in strategy::table(30, false),
        steps in proptest::collection::vec(proptest::array::uniform4(-6.0..6.0_f64), 0..4),
        in_ in a_convention(),
        exact in any::<bool>(),
        limited in any::<bool>(),
    ) {
        let coder = BoxCoder::new(in_).decoding(if exact { Decode::Exact } else { Decode::Original });
        let coder = if limited { coder.largest_log(BoxCoder::TORCHVISION_LARGEST_LOG) } else { coder };
        check_decode::<f32>(&from, &steps, coder);
        check_decode::<f64>(&from, &steps, coder);
    }

    #[test]
    fn clipping(table in strategy::table(80, false), w in 0..900_u32, h in 0..900_u32, in_ in a_convention()) {
        check_clip::<f32>(&table, w.into(), h.into(), in_);
        check_clip::<f64>(&table, w.into(), h.into(), in_);
    }

    #[test]
    fn decoding_undoes_encoding(from in a_tame_box(), to in a_tame_box(), in_ in a_convention()) {
        check_round_trip::<f32>(from, to, in_, 2e-3);
        check_round_trip::<f64>(from, to, in_, 1e-11);
    }
}

/// Left, top, width and height.
fn a_tame_box() -> impl Strategy<Value = [f64; 4]> {
    [0.0..1e3, 0.0..1e3, 1.0..500.0, 1.0..500.0]
}

#[test]
fn decoding_undoes_encoding_to_the_pixel() {
    let (from, to) = (BBox::new(10.0_f32, 20.0, 40.0, 80.0), BBox::new(12.0, 18.0, 42.0, 78.0));
    let coder = BoxCoder::new(Convention::Pixel);
    assert_eq!(coder.decode(&from, coder.encode(&from, &to)), to);
    let original = BoxCoder::fast_rcnn();
    assert_eq!(original.decode(&from, original.encode(&from, &to)), BBox::new(12.0, 18.0, 43.0, 79.0));
    let huge = [0.0, 0.0, 1e4, 1e4];
    assert!(!coder.decode(&from, huge).is_box(Convention::Pixel), "infinite");
    assert!(
        coder.largest_log(BoxCoder::TORCHVISION_LARGEST_LOG).decode(&from, huge).is_box(Convention::Pixel)
    );
    assert_eq!(BoxCoder::TORCHVISION_LARGEST_LOG, (1000.0_f64 / 16.0).ln());
}
