//! Hard example mining in a training loop of candle, on made-up RoIs.

use std::error::Error;

use candle_core::{DType, Device, Tensor};
use candle_nn::{Activation, Module, Optimizer, SGD, Sequential, VarBuilder, VarMap, linear, loss, seq};
use ohem_rois::{CLASSES, FEATURES, Rois};
use ohem_std::loss::{Classes, cross_entropy};
use ohem_std::{BBox, MineConfig, candle::TensorView, mine};

/// Trains on the hardest RoIs; returns the mean loss of all, before the step.
fn step(head: &Sequential, sgd: &mut SGD, rois: &Rois, mining: &MineConfig) -> Result<f32, Box<dyn Error>> {
    // Forward on all RoIs, for numbers alone: nothing of it is kept for a backward pass.
    let features = Tensor::from_slice(&rois.features, (rois.len(), FEATURES), &Device::Cpu)?;
    let scores = head.forward(&features)?;
    let scores = TensorView::<f32>::new(&scores)?; // borrowed, not copied
    let losses = cross_entropy(scores.values()?, Classes::new(CLASSES), &rois.labels)?;

    let hard = mine(BBox::from_rows(&rois.boxes), &rois.images, &rois.labels, &losses, mining)?;

    // Forward again, and backward, on the hard RoIs alone.
    let rows = Tensor::from_slice(hard.indices(), hard.len(), &Device::Cpu)?;
    let labels = Tensor::from_slice(&rois.labels, rois.len(), &Device::Cpu)?.index_select(&rows, 0)?;
    let scores = head.forward(&features.index_select(&rows, 0)?)?;
    sgd.backward_step(&loss::cross_entropy(&scores, &labels)?)?;
    Ok(losses.iter().sum::<f32>() / losses.len() as f32)
}

fn main() -> Result<(), Box<dyn Error>> {
    let weights = VarMap::new();
    let names = VarBuilder::from_varmap(&weights, DType::F32, &Device::Cpu);
    let hidden = linear(FEATURES, 32, names.pp("hidden"))?;
    let head = seq().add(hidden).add(Activation::Relu).add(linear(32, CLASSES, names.pp("scores"))?);
    let mut sgd = SGD::new(weights.all_vars(), 0.1)?;
    let mining = MineConfig::fast_rcnn().batch_size(64);

    let rois = Rois::made_up();
    let first = step(&head, &mut sgd, &rois, &mining)?;
    println!("mean loss of {} RoIs: {first:.3}", rois.len());
    let mut last = first;
    for steps in 1..=200 {
        last = step(&head, &mut sgd, &rois, &mining)?;
        if steps % 40 == 0 {
            println!("after {steps:3} steps on the 64 hardest: {last:.3}");
        }
    }
    if last < first / 2.0 { Ok(()) } else { Err("the loss was not halved".into()) }
}
