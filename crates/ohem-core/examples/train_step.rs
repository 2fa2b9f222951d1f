//! A training step without heap: the losses of all RoIs, mining, and the gradients of the hard RoIs.
//!
//! `cargo run -p ohem-core --example train_step`

use core::error::Error;

use ohem_core::loss::{self, Classes, GradientSpec, Layout, Reduction};
use ohem_core::{BBox, MineConfig, Miner, Rois};

const ROIS: usize = 100;
const FEATURES: usize = 4;
const CLASSES: usize = 3; // background and two kinds of objects
const B: usize = 20;

/// A head that scores each class by a weighted sum of the features.
type Weights = [[f32; CLASSES]; FEATURES];

fn forward(weights: &Weights, features: &[[f32; FEATURES]; ROIS]) -> [[f32; CLASSES]; ROIS] {
    features.map(|roi| {
        core::array::from_fn(|class| roi.iter().zip(weights).map(|(value, row)| value * row[class]).sum())
    })
}

/// Trains on the hardest RoIs; returns the mean loss of all, before the step.
fn step(
    weights: &mut Weights,
    miner: &mut Miner<f32, B>,
    (boxes, labels, features): &([BBox<f32>; ROIS], [u32; ROIS], [[f32; FEATURES]; ROIS]),
) -> Result<f32, Box<dyn Error>> {
    // 1. Forward on all RoIs. Nothing is kept for a backward pass.
    let (logits, classes, mut losses) = (forward(weights, features), Classes::new(CLASSES), [0.0; ROIS]);
    loss::cross_entropy(logits.as_flattened(), classes, labels, &mut losses)?;

    // 2. Mine: at most B RoIs, hardest first, none of which overlaps a harder one of its label.
    let hard = miner.mine(&Rois::by_label(boxes, labels)?, &losses)?;

    // 3. Gradients of the mean loss of the hard RoIs, a row for each, and a step against them.
    let mut gradients = [[0.0; CLASSES]; B];
    let gradients = &mut gradients[..hard.len()];
    let mean = Reduction::Mean.scale(ROIS, hard.len());
    let spec = GradientSpec::new(hard.indices()).scale(mean).layout(Layout::Gathered);
    loss::cross_entropy_gradient(
        logits.as_flattened(),
        classes,
        labels,
        &spec,
        gradients.as_flattened_mut(),
    )?;
    for (&roi, gradient) in hard.indices().iter().zip(gradients) {
        for (row, value) in weights.iter_mut().zip(features[roi as usize]) {
            row.iter_mut().zip(&*gradient).for_each(|(weight, slope)| *weight -= 0.5 * value * slope);
        }
    }
    Ok(losses.iter().sum::<f32>() / losses.len() as f32)
}

fn main() -> Result<(), Box<dyn Error>> {
    // A fifth of the RoIs lie around two objects; feature 0 is constant, the others depend on the label.
    let labels = core::array::from_fn(|i| match (i % 5, i % 2) {
        (0, 0) => 1,
        (0, _) => 2,
        _ => 0,
    });
    let boxes = core::array::from_fn(|i| {
        let x = if i % 5 == 0 { 200 * (i % 2) + i / 10 } else { 12 * i } as f32;
        BBox::new(x, 0.0, x + 40.0, 40.0)
    });
    let features = core::array::from_fn(|i| {
        let feature = |class: u32| f32::from(u8::from(labels[i] == class)) + 0.1 * (i % 7) as f32;
        [1.0, feature(0), feature(1), feature(2)]
    });

    let rois = (boxes, labels, features);
    let mut miner = Miner::new(MineConfig::fast_rcnn().batch_size(B))?;
    let mut weights = [[0.0; CLASSES]; FEATURES];
    let first = step(&mut weights, &mut miner, &rois)?;
    let mut last = first;
    for _ in 0..50 {
        last = step(&mut weights, &mut miner, &rois)?;
    }
    println!("mean loss of {ROIS} RoIs: {first:.3}, after 50 steps on the {B} hardest: {last:.3}");
    assert!(last < first / 4.0, "the loss was not divided by four");
    Ok(())
}

#[test]
fn it_runs() -> Result<(), Box<dyn Error>> {
    main()
}
