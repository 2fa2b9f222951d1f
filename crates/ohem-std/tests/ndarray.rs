//! Arrays of any layout are mined as slices are.

use ndarray::{Array2, ArrayView1, ArrayView2, Axis, s};
use ohem_std::ndarray::{ArrayRois, boxes, values};
use ohem_std::{BBox, Float, MineConfig, Miner, NmsConfig, Rois};
use ohem_testkit::generate::{Table, strategy};
use proptest::prelude::*;

/// The layouts in which the same boxes can come.
#[derive(Clone, Copy, Debug)]
enum Layout {
    Standard,
    /// Column by column.
    Transposed,
    /// The last row first in memory.
    Reversed,
    /// Every second row, and columns in the middle of a wider table.
    Strided,
}

/// Lays a table of rows out in memory, and has it read through a view.
fn with_view<T: Clone, R>(rows: &Array2<T>, layout: Layout, read: impl FnOnce(ArrayView2<'_, T>) -> R) -> R {
    let (n, columns) = rows.dim();
    match layout {
        Layout::Standard => read(rows.view()),
        Layout::Transposed => read(rows.t().as_standard_layout().reversed_axes().view()),
        Layout::Reversed => {
            let mut memory = rows.clone();
            memory.invert_axis(Axis(0));
            let mut reversed = memory.as_standard_layout().into_owned();
            reversed.invert_axis(Axis(0));
            read(reversed.view())
        }
        Layout::Strided => {
            let at =
                |(row, column): (usize, usize)| rows[[row / 2, column.clamp(2, columns + 1) - 2]].clone();
            let wide = Array2::from_shape_fn((2 * n, columns + 3), at);
            read(wide.slice(s![..;2, 2..columns + 2]))
        }
    }
}

fn check<F: Float>(table: &Table, layouts: [Layout; 2], batch_size: usize, t: f64) {
    let (rows, losses, n) = (table.boxes::<F>(), table.losses::<F>(), table.len());
    let array = Array2::from_shape_vec((n, 4), rows.as_flattened().to_vec()).unwrap();
    let keys = [&table.images, &table.labels].map(|keys| keys.iter().map(|&key| i64::from(key)));
    let keys = Array2::from_shape_vec((2, n), keys.into_iter().flatten().collect()).unwrap().reversed_axes();
    let slices = Rois::new(BBox::from_rows(&rows), &table.images, &table.labels).unwrap();
    let config = MineConfig::new(batch_size).nms(NmsConfig::new(t));
    let [mut one, mut other] = [config; 2].map(|config| Miner::<F>::new(config).unwrap());
    with_view(&array, layouts[0], |corners| {
        with_view(&keys, layouts[1], |keys| {
            let arrays = ArrayRois::new(corners).unwrap();
            let arrays = arrays.with_images(keys.column(0)).unwrap().with_labels(keys.column(1)).unwrap();
            let mined = one.mine(&arrays, values(ArrayView1::from(&losses)).unwrap()).unwrap();
            assert_eq!(mined, other.mine(&slices, &losses).unwrap());
        });
    });
    let viewed = boxes(array.view()).unwrap();
    assert_eq!((viewed.len(), viewed.as_ptr().cast()), (n, array.as_ptr()), "the same memory");
}

fn layout() -> impl Strategy<Value = Layout> {
    prop_oneof![
        Just(Layout::Standard),
        Just(Layout::Transposed),
        Just(Layout::Reversed),
        Just(Layout::Strided)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn arrays_are_mined_as_slices_are(
        table in strategy::table(200, false),
        layouts in [layout(), layout()],
        batch_size in 0..100_usize,
        t in strategy::threshold(),
    ) {
        check::<f32>(&table, layouts, batch_size, t);
        check::<f64>(&table, layouts, batch_size, t);
    }
}

#[test]
fn each_layout_is_what_its_name_says() {
    let rows = Array2::from_shape_fn((3, 4), |(row, column)| 10 * row + column);
    for (layout, strides) in [
        (Layout::Standard, [4, 1]),
        (Layout::Transposed, [1, 3]),
        (Layout::Reversed, [-4, 1]),
        (Layout::Strided, [14, 1]),
    ] {
        with_view(&rows, layout, |view| {
            assert_eq!(view, rows, "{layout:?}");
            assert_eq!(view.strides(), strides, "{layout:?}");
        });
    }
}
