//! Mining over arrays of `ndarray`, without copies.
//!
//! `cargo run -p ohem-std --example arrays --features ndarray`

use core::error::Error;

use ndarray::{Array1, ArrayView1, Axis, array, s};
use ohem_std::loss::{self, Classes};
use ohem_std::ndarray::{ArrayRois, boxes, values};
use ohem_std::{Convention, MineConfig, Miner, iou};

fn main() -> Result<(), Box<dyn Error>> {
    // The table of the original: the image, then the box. Labels of 64 bits, as PyTorch has them.
    let table = array![
        [0.0_f32, 0.0, 0.0, 9.0, 9.0],
        [0.0, 0.0, 0.0, 9.0, 8.0],
        [0.0, 50.0, 50.0, 59.0, 59.0],
        [1.0, 0.0, 0.0, 9.0, 9.0],
    ];
    let labels: Array1<i64> = array![1, 1, 0, 1];
    let logits = array![[2.0_f32, 0.0], [3.0, 0.0], [0.0, 1.0], [0.0, 0.0]];

    // Whole tables are viewed as slices, columns of a table as RoIs.
    let losses = loss::cross_entropy(values(logits.view())?, Classes::new(2), values(labels.view())?)?;
    let rois =
        ArrayRois::new(table.slice(s![.., 1..]))?.with_images(table.column(0))?.with_labels(labels.view())?;
    let mut miner = Miner::new(MineConfig::fast_rcnn().batch_size(3))?;
    let hard = miner.mine(&rois, &losses)?;
    println!("losses {:.3}, hard RoIs {}", ArrayView1::from(&losses), ArrayView1::from(hard.indices()));
    assert_eq!(hard.indices(), [1, 2, 3]); // RoI 0 overlaps RoI 1

    // `ndarray` selects rows by `usize`.
    let rows: Vec<_> = hard.indices().iter().map(|&roi| roi as usize).collect();
    let batch = logits.select(Axis(0), &rows);
    assert_eq!(batch, array![[3.0, 0.0], [0.0, 1.0], [0.0, 0.0]]);

    // What cannot be viewed is refused: here boxes with a gap after each row.
    let error = boxes(table.slice(s![.., 1..])).unwrap_err();
    println!("{error}");
    let corners = table.slice(s![.., 1..]).as_standard_layout().into_owned();
    let corners = boxes(corners.view())?;
    let overlaps = iou::matrix(corners, corners, Convention::Pixel)?;
    assert_eq!(overlaps[..4], [1.0, 0.9, 0.0, 1.0]); // of RoI 0 with each
    Ok(())
}

#[test]
fn it_runs() -> Result<(), Box<dyn Error>> {
    main()
}
