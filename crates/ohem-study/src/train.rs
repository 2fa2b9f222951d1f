//! A training run.

use std::time::{Duration, Instant};

use ohem_head::{RowGradients, Sgd};
use ohem_std::loss::{self, Classes, GradientSpec, Layout, Reduction, Regression};
use ohem_std::targets::{LabelConfig, SampleConfig, sample};
use ohem_std::{BBox, MineConfig, Miner, Rois};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

use crate::data::{Data, Image};
use crate::detect::average_precisions;
use crate::error::StudyError;
use crate::hardest::hardest;
use crate::losses::losses;
use crate::network::{Network, Predictions, network};
use crate::plan::Plan;
use crate::run::{Epoch, Run};
use crate::sampler::Sampler;

/// Number of RoIs measured at a time.
const CHUNK: usize = 1024;

/// The purpose of random numbers. Each has its own generator, so that samplers do not change weights or order.
#[derive(Clone, Copy)]
enum Purpose {
    Weights,
    Order,
    Sampling,
}

fn generator(seed: u64, purpose: Purpose) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed.wrapping_mul(4).wrapping_add(purpose as u64))
}

/// Trains a head and measures it after each epoch.
pub(crate) fn train(
    data: &Data,
    plan: &Plan,
    sampler: Sampler,
    seed: u64,
    on_epoch: impl Fn(),
) -> Result<Run, StudyError> {
    let network = network(data.width, data.names.len(), &mut generator(seed, Purpose::Weights))?;
    let mut training = Training::new(data, plan, sampler, seed, network);
    let mut order_generator = generator(seed, Purpose::Order);
    let mut order: Vec<usize> = (0..data.train.images.len()).collect();
    let mut run = Run { sampler, seed, epochs: Vec::new(), hardest: Vec::new() };
    // The image asked for, else the last one with RoIs.
    let pictured =
        data.test.images.iter().max_by_key(|image| (image.number == plan.pictured, !image.rois.is_empty()));
    for epoch in 1..=plan.epochs {
        order.shuffle(&mut order_generator);
        let sgd = Sgd::new(plan.rate(epoch)).max_norm(10.0);
        for &image in &order {
            training.step(&data.train.images[image], &sgd);
        }
        let measured = training.measure(epoch);
        if !measured.loss.is_finite() {
            return Err(StudyError::Diverged { run: format!("{sampler}, seed {seed}"), epoch });
        }
        run.epochs.push(measured);
        if let Some(image) = pictured.filter(|_| epoch == 1 || epoch == plan.epochs) {
            run.hardest.push(hardest(&*training.network, data, image, epoch));
        }
        on_epoch();
    }
    Ok(run)
}

/// A head in training, its buffers, and its cost so far.
struct Training<'a> {
    data: &'a Data,
    sampler: Sampler,
    config: SampleConfig,
    miner: Miner<f32>,
    sampling: ChaCha8Rng,
    network: Box<dyn Network>,
    predictions: Predictions,
    forwarded: usize,
    back_propagated: usize,
    spent: Duration,
    selecting: Duration,
}

/// The RoIs of a step: those of an image, or a sample of them.
struct Batch<'a> {
    features: &'a [f32],
    labels: &'a [u32],
    targets: &'a [[f32; 4]],
}

impl<'a> Training<'a> {
    fn new(data: &'a Data, plan: &Plan, sampler: Sampler, seed: u64, network: Box<dyn Network>) -> Self {
        let mining = MineConfig::fast_rcnn().batch_size(plan.batch_size);
        let mining = if sampler == Sampler::OhemNoNms { mining.without_nms() } else { mining };
        let from = if sampler == Sampler::RandomFromTenth { 0.1 } else { 0.0 };
        Self {
            data,
            sampler,
            config: SampleConfig::new(plan.batch_size).labels(LabelConfig::new().background(from, 0.5)),
            miner: Miner::new(mining).expect("the threshold is a number"),
            sampling: generator(seed, Purpose::Sampling),
            network,
            predictions: Predictions::default(),
            forwarded: 0,
            back_propagated: 0,
            spent: Duration::ZERO,
            selecting: Duration::ZERO,
        }
    }

    /// Learns from an image.
    fn step(&mut self, image: &Image, sgd: &Sgd<f32>) {
        let (data, started) = (self.data, Instant::now());
        let rows = image.rois.clone();
        let batch = Batch {
            features: data.train.features_of(&rows, data.width),
            labels: &data.train.labels[rows.clone()],
            targets: &data.train.targets[rows.clone()],
        };
        match self.sampler {
            Sampler::Ohem | Sampler::OhemNoNms => {
                // Mining needs the losses of all RoIs of the image.
                self.forward(&batch);
                let losses = losses(&self.predictions, self.network.classes(), batch.labels, batch.targets);
                let hard = self.hard(&data.train.boxes[rows], batch.labels, &losses);
                self.learn(&batch, &hard, sgd);
            }
            Sampler::RandomFromTenth | Sampler::RandomFromZero => {
                // A sample is drawn before the forward pass, so only its RoIs are propagated.
                let drawn = self.draw(&data.train.overlaps[rows]);
                let (features, labels, targets) = gather(&batch, &drawn, data.width);
                let batch = Batch { features: &features, labels: &labels, targets: &targets };
                self.forward(&batch);
                self.learn(&batch, &indices(labels.len()), sgd);
            }
            Sampler::All => {
                self.forward(&batch);
                self.learn(&batch, &indices(batch.labels.len()), sgd);
            }
        }
        self.spent += started.elapsed();
    }

    fn forward(&mut self, batch: &Batch<'_>) {
        self.network.forward(batch.features, &mut self.predictions);
        self.forwarded += batch.labels.len();
    }

    /// The hardest RoIs. If a loss is NaN, no RoIs are selected, and the loss of the epoch shows it.
    fn hard(&mut self, boxes: &[BBox<f32>], labels: &[u32], losses: &[f32]) -> Vec<u32> {
        let started = Instant::now();
        let rois = Rois::by_label(boxes, labels).expect("each box has a label");
        let hard = self.miner.mine(&rois, losses).map_or_else(|_| Vec::new(), |hard| hard.indices().to_vec());
        self.selecting += started.elapsed();
        hard
    }

    /// A random sample of RoIs.
    fn draw(&mut self, overlaps: &[f32]) -> Vec<u32> {
        let started = Instant::now();
        let drawn = sample(overlaps, &self.config, &mut self.sampling).expect("the thresholds are numbers");
        let drawn = [drawn.foreground(), drawn.background()].concat();
        self.selecting += started.elapsed();
        drawn
    }

    /// Takes a step down the gradient of the mean loss of some RoIs.
    fn learn(&mut self, batch: &Batch<'_>, rows: &[u32], sgd: &Sgd<f32>) {
        if rows.is_empty() {
            return;
        }
        let fits = "the head has every class, and a row for each RoI";
        let Predictions { scores, deltas } = &self.predictions;
        let scale = Reduction::Mean.scale(batch.labels.len(), rows.len());
        let spec = GradientSpec::new(rows).scale(scale).layout(Layout::Gathered);
        let classes = Classes::new(self.network.classes());
        let by_scores = loss::cross_entropy_gradient(scores, classes, batch.labels, &spec).expect(fits);
        let regression = Regression::new(batch.labels, deltas, batch.targets.as_flattened()).expect(fits);
        let by_deltas = loss::regression_gradient(&regression, &spec).expect(fits);
        let rows = RowGradients { indices: rows, by_scores: &by_scores, by_deltas: &by_deltas };
        self.network.learn(batch.features, &rows, sgd);
        self.back_propagated += rows.indices.len();
    }

    /// Measures the head.
    fn measure(&mut self, epoch: usize) -> Epoch {
        let ap = average_precisions(&*self.network, self.data);
        Epoch {
            epoch,
            loss: self.mean_loss(),
            map: mean(ap.iter().flatten()),
            ap,
            forwarded: self.forwarded as u64,
            back_propagated: self.back_propagated as u64,
            seconds: self.spent.as_secs_f64(),
            selecting_seconds: self.selecting.as_secs_f64(),
        }
    }

    /// The mean loss over all training RoIs.
    fn mean_loss(&mut self) -> f64 {
        let train = &self.data.train;
        let labels = train.labels.chunks(CHUNK).zip(train.targets.chunks(CHUNK));
        let features = train.features.chunks(CHUNK * self.data.width);
        let mut sum = 0.0;
        for (features, (labels, targets)) in features.zip(labels) {
            self.network.forward(features, &mut self.predictions);
            let losses = losses(&self.predictions, self.network.classes(), labels, targets);
            sum += losses.into_iter().map(f64::from).sum::<f64>();
        }
        sum / train.labels.len() as f64
    }
}

/// Copies rows of a batch.
fn gather(batch: &Batch<'_>, rows: &[u32], width: usize) -> (Vec<f32>, Vec<u32>, Vec<[f32; 4]>) {
    let rows = || rows.iter().map(|&row| row as usize);
    (
        rows().flat_map(|row| &batch.features[row * width..][..width]).copied().collect(),
        rows().map(|row| batch.labels[row]).collect(),
        rows().map(|row| batch.targets[row]).collect(),
    )
}

fn indices(count: usize) -> Vec<u32> {
    (0..).take(count).collect()
}

fn mean<'a>(values: impl Iterator<Item = &'a f64> + Clone) -> Option<f64> {
    let count = values.clone().count();
    (count > 0).then(|| values.sum::<f64>() / count as f64)
}
