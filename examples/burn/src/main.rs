//! Hard example mining in a training loop of burn, on made-up RoIs.

use std::error::Error;

use burn::module::Module;
use burn::nn::loss::CrossEntropyLoss;
use burn::nn::{Linear, LinearConfig};
use burn::optim::{GradientsParams, ModuleOptimizer, SgdConfig};
use burn::tensor::{Device, Int, Tensor, TensorData, activation};
use ohem_rois::{CLASSES, FEATURES, Rois};
use ohem_std::loss::{Classes, cross_entropy};
use ohem_std::{BBox, MineConfig, mine};

/// Scores each class of a RoI.
#[derive(Module, Debug)]
struct Head {
    hidden: Linear,
    scores: Linear,
}

impl Head {
    fn new(device: &Device) -> Self {
        let hidden = LinearConfig::new(FEATURES, 32).init(device);
        Self { hidden, scores: LinearConfig::new(32, CLASSES).init(device) }
    }

    fn forward(&self, features: Tensor<2>) -> Tensor<2> {
        self.scores.forward(activation::relu(self.hidden.forward(features)))
    }
}

/// Trains on the hardest RoIs; returns the mean loss of all, before the step, and the trained head.
fn step(
    head: Head,
    sgd: &mut ModuleOptimizer,
    rois: &Rois,
    mining: &MineConfig,
    device: &Device,
) -> Result<(f32, Head), Box<dyn Error>> {
    // Forward on all RoIs, for numbers alone: without autodiff, nothing of it is kept for a backward pass.
    let features = TensorData::new(rois.features.clone(), [rois.len(), FEATURES]);
    let features = Tensor::<2>::from_data(features, device);
    let scores = head.valid().forward(features.clone().inner()).into_data();
    let losses = cross_entropy(scores.as_slice::<f32>()?, Classes::new(CLASSES), &rois.labels)?;

    let hard = mine(BBox::from_rows(&rois.boxes), &rois.images, &rois.labels, &losses, mining)?;

    // Forward again, and backward, on the hard RoIs alone.
    let labels: Vec<_> = hard.indices().iter().map(|&roi| rois.labels[roi as usize]).collect();
    let labels = Tensor::<1, Int>::from_data(labels.as_slice(), device);
    let rows = Tensor::<1, Int>::from_data(hard.indices(), device);
    let scores = head.forward(features.select(0, rows));
    let gradients = CrossEntropyLoss::new(None, device).forward(scores, labels).backward();
    let gradients = GradientsParams::from_grads(gradients, &head);
    let head = sgd.step(0.1, head, gradients);
    Ok((losses.iter().sum::<f32>() / losses.len() as f32, head))
}

fn main() -> Result<(), Box<dyn Error>> {
    let device = Device::flex().autodiff();
    device.seed(0);
    let mut head = Head::new(&device);
    let mut sgd = SgdConfig::new().init();
    let mining = MineConfig::fast_rcnn().batch_size(64);

    let rois = Rois::made_up();
    let (mut first, mut last) = (None, 0.0);
    for steps in 0..=200 {
        (last, head) = step(head, &mut sgd, &rois, &mining, &device)?;
        first.get_or_insert(last);
        if steps % 40 == 0 {
            println!("mean loss of {} RoIs after {steps:3} steps on the 64 hardest: {last:.3}", rois.len());
        }
    }
    if first.is_some_and(|first| last < first / 2.0) { Ok(()) } else { Err("the loss was not halved".into()) }
}
