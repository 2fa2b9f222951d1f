//! Training steps of a detector, from proposals to the gradients of classes and boxes.
//!
//! `cargo run -p ohem-std --example detector_step`

use core::error::Error;

use ohem_std::loss::{self, Classes, GradientSpec, Reduction, Regression};
use ohem_std::targets::{BoxCoder, LabelConfig, Prepared, decode, prepare};
use ohem_std::{BBox, MineConfig, Miner, Rois};

const CLASSES: usize = 3; // background, cats, dogs

/// What a network predicts: a row of logits and a row of deltas for each RoI. Here the values are the
/// weights.
struct Head {
    logits: Vec<f32>,
    deltas: Vec<f32>,
}

/// Trains on the hardest RoIs; returns the mean loss of all, before the step.
fn step(head: &mut Head, miner: &mut Miner<f32>, image: &Prepared<f32>) -> Result<f64, Box<dyn Error>> {
    // The loss of every RoI: softmax over the classes plus smooth L1 of the boxes.
    let classes = Classes::new(CLASSES);
    let mut losses = loss::cross_entropy(&head.logits, classes, &image.labels)?;
    let boxes = Regression::new(&image.target_classes, &head.deltas, image.targets.as_flattened())?;
    loss::add_regression(&boxes, &mut losses)?;

    let hard = miner.mine(&Rois::by_label(&image.rois, &image.labels)?, &losses)?;

    // The gradient of the mean loss of the hard RoIs: a row for each RoI, zeros for those not selected.
    let spec = GradientSpec::new(hard.indices()).scale(Reduction::Mean.scale(losses.len(), hard.len()));
    let of_logits = loss::cross_entropy_gradient(&head.logits, classes, &image.labels, &spec)?;
    let of_deltas = loss::regression_gradient(&boxes, &spec)?;
    descend(&mut head.logits, &of_logits);
    descend(&mut head.deltas, &of_deltas);
    Ok(hard.statistics(&losses).mean_all)
}

/// A step of gradient descent.
fn descend(weights: &mut [f32], gradient: &[f32]) {
    weights.iter_mut().zip(gradient).for_each(|(weight, slope)| *weight -= 4.0 * slope);
}

fn main() -> Result<(), Box<dyn Error>> {
    // Two objects, and 60 proposals in a row along the image, some of which overlap them.
    let ground_truth = [BBox::new(20.0, 10.0, 69.0, 59.0), BBox::new(200.0, 0.0, 259.0, 79.0)];
    let proposals: Vec<_> =
        (0..60_u8).map(|i| 5.0 * f32::from(i)).map(|x| BBox::new(x, 5.0, x + 54.0, 64.0)).collect();
    let (labels, coder) = (LabelConfig::new(), BoxCoder::fast_rcnn());
    let image = prepare((&ground_truth, &[1, 2]), &proposals, &labels, &coder)?;

    let n = image.rois.len();
    let mut head = Head { logits: vec![0.0; n * CLASSES], deltas: vec![0.0; n * 4] };
    let mut miner = Miner::new(MineConfig::fast_rcnn().batch_size(16))?;
    let first = step(&mut head, &mut miner, &image)?;
    let mut last = first;
    for _ in 0..200 {
        last = step(&mut head, &mut miner, &image)?;
    }
    println!("mean loss of {n} RoIs: {first:.3}, after 200 steps on the 16 hardest: {last:.3}");
    assert!(last < first / 4.0, "the loss was not divided by four");

    // Proposal 4 begins at 20, as the first object does; its box is now close to that object.
    let boxes = decode(&coder, &image.rois, head.deltas.as_chunks().0)?;
    let proposal = ground_truth.len() + 4;
    let iou = |bbox: &BBox<f32>| bbox.iou(&ground_truth[0], coder.convention);
    let (before, after) = (iou(&image.rois[proposal]), iou(&boxes[proposal]));
    println!("IoU of proposal 4 with its object: {before:.3}, after training: {after:.3}");
    assert!(before < 0.8 && after > 0.9, "the box did not move");
    Ok(())
}

#[test]
fn it_runs() -> Result<(), Box<dyn Error>> {
    main()
}
