//! The whole gradient against central differences, and the two precisions against each other.

use ohem_core::kernel::{self, Portable, Scalar, Simd};
use ohem_core::loss::{self, Classes, GradientSpec, Layout, Regression};
use ohem_head::{BLOCK, DetectionHead, HiddenActivations, RowGradients, Sgd, Trainer};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

const ROIS: usize = 2 * BLOCK + 3;

type Small = DetectionHead<f64, 5, 9, 6, 3>;

/// Inputs, labels and targets that depend on nothing but the seed.
fn data(seed: u64) -> ([[f64; 5]; ROIS], [u32; ROIS], [[f64; 4]; ROIS]) {
    let mut generator = SmallRng::seed_from_u64(seed);
    let mut even = || f64::from(generator.next_u32()) / f64::from(u32::MAX) * 4.0 - 2.0;
    let inputs = [(); ROIS].map(|()| [(); 5].map(|()| even()));
    let labels = [(); ROIS].map(|()| if even() < 0.0 { 0 } else { 1 + u32::from(even() < 0.0) });
    (inputs, labels, [(); ROIS].map(|()| [(); 4].map(|()| even())))
}

/// A head whose biases differ from 0: a unit that nothing else reaches would be at the bend of its ReLU.
fn head(seed: u64) -> Small {
    let mut head = Small::random(&mut SmallRng::seed_from_u64(seed));
    for biases in head.biases_mut() {
        biases.iter_mut().zip(1..).for_each(|(bias, i)| *bias = 0.01 * f64::from(i % 7) - 0.035);
    }
    head
}

/// The mean loss of some RoIs.
fn mean_loss(head: &Small, seed: u64, rows: &[u32]) -> f64 {
    let (inputs, labels, targets) = data(seed);
    let (mut scores, mut deltas, mut losses) = ([0.0; 3 * ROIS], [0.0; 12 * ROIS], [0.0; ROIS]);
    head.forward(Portable, &inputs, &mut scores, &mut deltas).unwrap();
    loss::cross_entropy(&scores, Classes::new(3), &labels, &mut losses).unwrap();
    let regression = Regression::new(labels.as_slice(), &deltas, targets.as_flattened()).unwrap();
    loss::add_regression(&regression, &mut losses).unwrap();
    rows.iter().map(|&row| losses[row as usize]).sum::<f64>() / rows.len() as f64
}

/// Its gradient.
fn gradient<S: Simd>(simd: S, head: &Small, seed: u64, rows: &[u32]) -> Trainer<f64, 5, 9, 6, 3> {
    let (inputs, labels, targets) = data(seed);
    let (mut scores, mut deltas) = ([0.0; 3 * ROIS], [0.0; 12 * ROIS]);
    head.forward(simd, &inputs, &mut scores, &mut deltas).unwrap();
    let spec = GradientSpec::new(rows).scale(1.0 / rows.len() as f64).layout(Layout::Gathered);
    let (mut by_scores, mut by_deltas) = (vec![0.0; 3 * rows.len()], vec![0.0; 12 * rows.len()]);
    kernel::loss::cross_entropy_gradient(simd, &scores, Classes::new(3), &labels, &spec, &mut by_scores)
        .unwrap();
    let regression = Regression::new(labels.as_slice(), &deltas, targets.as_flattened()).unwrap();
    loss::regression_gradient(&regression, &spec, &mut by_deltas).unwrap();
    let mut trainer = Trainer::filled(0.0);
    let rows = RowGradients { indices: rows, by_scores: &by_scores, by_deltas: &by_deltas };
    trainer.backward(simd, head, &inputs, &rows).unwrap();
    trainer
}

/// All parameters in one order.
fn parameters(head: &Small) -> Vec<f64> {
    head.weights().into_iter().chain(head.biases()).flatten().copied().collect()
}

/// Adds to one of them.
fn nudge(head: &mut Small, mut place: usize, by: f64) {
    let counts = [5 * 9, 9 * 6, 6 * 15];
    for (weights, count) in head.weights_mut().into_iter().zip(counts) {
        if place < count {
            weights[place] += by;
            return;
        }
        place -= count;
    }
    *head.biases_mut().into_iter().flatten().nth(place).unwrap() += by;
}

#[test]
fn every_parameter_has_the_slope_of_a_central_difference() {
    let step = 1e-5;
    for seed in 0..3 {
        let rows: Vec<u32> = (0..u32::try_from(ROIS).unwrap()).filter(|row| row % 7 != 3).collect();
        let head = head(seed);
        let slopes = parameters(gradient(Portable, &head, seed, &rows).gradient());
        let mut largest = 0.0_f64;
        for (place, slope) in slopes.iter().enumerate() {
            let (mut above, mut below) = (head.clone(), head.clone());
            nudge(&mut above, place, step);
            nudge(&mut below, place, -step);
            let rise = mean_loss(&above, seed, &rows) - mean_loss(&below, seed, &rows);
            let difference = rise / (2.0 * step);
            assert!(
                (slope - difference).abs() < 1e-8,
                "seed {seed}, parameter {place}: {slope}, {difference}"
            );
            largest = largest.max(slope.abs());
        }
        assert!(largest > 0.01, "a gradient of zeros would prove nothing");
    }
}

#[test]
fn lanes_change_no_bit() {
    let rows: Vec<u32> = (0..u32::try_from(ROIS).unwrap()).rev().collect();
    let head = head(7);
    assert_eq!(gradient(Portable, &head, 7, &rows), gradient(Scalar, &head, 7, &rows));
}

#[test]
fn blocks_change_no_bit() {
    let rows: Vec<u32> = (0..u32::try_from(ROIS).unwrap()).collect();
    let (head, (inputs, ..)) = (head(3), data(3));
    let (mut scores, mut deltas) = ([0.0; 3 * ROIS], [0.0; 12 * ROIS]);
    head.forward(Portable, &inputs, &mut scores, &mut deltas).unwrap();
    for (row, input) in rows.iter().zip(inputs) {
        let (mut score, mut delta, row) = ([0.0; 3], [0.0; 12], *row as usize);
        head.forward(Portable, &[input], &mut score, &mut delta).unwrap();
        assert_eq!((&score[..], &delta[..]), (&scores[3 * row..][..3], &deltas[12 * row..][..12]));
    }
}

#[test]
fn kept_activations_change_no_bit() {
    let rows: Vec<u32> = (0..u32::try_from(ROIS).unwrap()).collect();
    let (head, (inputs, labels, targets)) = (head(6), data(6));
    let blocks = ROIS.div_ceil(BLOCK);
    // Stale values in the memory of the activations must not matter, so it is filled with NaN.
    let mut kept = vec![HiddenActivations::<f64, 9, 6>::filled(f64::NAN); blocks];
    let (mut scores, mut deltas) = ([0.0; 3 * ROIS], [0.0; 12 * ROIS]);
    head.forward_kept(Portable, &inputs, &mut kept, &mut scores, &mut deltas).unwrap();
    let (mut plain_scores, mut plain_deltas) = ([0.0; 3 * ROIS], [0.0; 12 * ROIS]);
    head.forward(Portable, &inputs, &mut plain_scores, &mut plain_deltas).unwrap();
    assert_eq!((scores, deltas), (plain_scores, plain_deltas));

    let spec = GradientSpec::new(&rows).scale(1.0 / rows.len() as f64).layout(Layout::Gathered);
    let (mut by_scores, mut by_deltas) = ([0.0; 3 * ROIS], [0.0; 12 * ROIS]);
    loss::cross_entropy_gradient(&scores, Classes::new(3), &labels, &spec, &mut by_scores).unwrap();
    let regression = Regression::new(labels.as_slice(), &deltas, targets.as_flattened()).unwrap();
    loss::regression_gradient(&regression, &spec, &mut by_deltas).unwrap();
    let mut trainer = Trainer::filled(0.0);
    trainer.backward_kept(Portable, &head, &inputs, &kept, &by_scores, &by_deltas).unwrap();
    assert_eq!(trainer, gradient(Portable, &head, 6, &rows));

    let short = trainer.backward_kept(Portable, &head, &inputs, &kept[1..], &by_scores, &by_deltas);
    assert_eq!(
        short.unwrap_err().to_string(),
        format!("kept activations: {} blocks of 8 RoIs but {ROIS} RoIs", blocks - 1)
    );
}

#[test]
fn gradients_of_rows_add_up() {
    let head = head(4);
    let (all, mut one_by_one) = (gradient(Portable, &head, 4, &[5, 2, 2]), Trainer::filled(0.0));
    let (inputs, ..) = data(4);
    for row in [5, 2, 2] {
        // The mean of three, one at a time.
        let single = gradient_tables(&head, 4, row);
        let rows = RowGradients { indices: &[row], by_scores: &single.0, by_deltas: &single.1 };
        one_by_one.backward(Portable, &head, &inputs, &rows).unwrap();
    }
    assert_eq!(all, one_by_one);
}

fn gradient_tables(head: &Small, seed: u64, row: u32) -> ([f64; 3], [f64; 12]) {
    let (inputs, labels, targets) = data(seed);
    let (mut scores, mut deltas) = ([0.0; 3 * ROIS], [0.0; 12 * ROIS]);
    head.forward(Portable, &inputs, &mut scores, &mut deltas).unwrap();
    let (rows, mut by_scores, mut by_deltas) = ([row], [0.0; 3], [0.0; 12]);
    let spec = GradientSpec::new(&rows).scale(1.0 / 3.0).layout(Layout::Gathered);
    loss::cross_entropy_gradient(&scores, Classes::new(3), &labels, &spec, &mut by_scores).unwrap();
    let regression = Regression::new(labels.as_slice(), &deltas, targets.as_flattened()).unwrap();
    loss::regression_gradient(&regression, &spec, &mut by_deltas).unwrap();
    (by_scores, by_deltas)
}

#[test]
fn single_precision_is_near_double() {
    let single = DetectionHead::<f32, 5, 9, 6, 3>::random(&mut SmallRng::seed_from_u64(1));
    let double = Small::random(&mut SmallRng::seed_from_u64(1));
    let (inputs, ..) = data(1);
    let (mut near, mut near_deltas) = ([0.0_f32; 3 * ROIS], [0.0_f32; 12 * ROIS]);
    #[allow(clippy::cast_possible_truncation, reason = "rounding is the purpose")]
    let rounded = inputs.map(|row| row.map(|x| x as f32));
    single.forward(Portable, &rounded, &mut near, &mut near_deltas).unwrap();
    let (mut exact, mut deltas) = ([0.0; 3 * ROIS], [0.0; 12 * ROIS]);
    double.forward(Portable, &inputs, &mut exact, &mut deltas).unwrap();
    let pairs = near.iter().zip(exact).chain(near_deltas.iter().zip(deltas));
    let worst = pairs.map(|(&near, exact)| (f64::from(near) - exact).abs()).fold(0.0, f64::max);
    assert!(worst > 0.0 && worst < 1e-6, "{worst}");
}

#[test]
fn a_long_gradient_is_scaled_to_the_maximum_norm() {
    let rows = [0, 1, 2];
    let (head, mut trainer) = (head(2), gradient(Portable, &head(2), 2, &[0, 1, 2]));
    let free = trainer.clone().step(&mut head.clone(), &Sgd::new(1.0));
    let (mut moved, plain) = (head.clone(), Sgd::new(1.0).momentum(0.0).weight_decay(0.0));
    let norm = trainer.step(&mut moved, &plain.max_norm(free / 4.0));
    assert_eq!(norm, free);
    let steps = parameters(&head).into_iter().zip(parameters(&moved)).map(|(from, to)| (from - to).powi(2));
    let length = steps.sum::<f64>().sqrt();
    assert!((length / free - 0.25).abs() < 1e-9, "{length} of {free}");
    assert!(parameters(trainer.gradient()).iter().all(|&slope| slope == 0.0));
    assert!(mean_loss(&moved, 2, &rows) < mean_loss(&head, 2, &rows));
}

#[test]
fn weights_decay_and_biases_do_not() {
    let mut head = Small::filled(1.0);
    let norm = Trainer::filled(0.0).step(&mut head, &Sgd::new(0.5).weight_decay(0.5));
    assert_eq!((norm, head.weights()[1][0], head.biases()[1][0]), (0.0, 0.75, 1.0));
}

#[test]
fn a_class_left_out_stays_out() {
    let mut head = head(5);
    head.keep_classes(2);
    let (inputs, ..) = data(5);
    let (mut scores, mut deltas, mut by_scores) = ([0.0; 3 * ROIS], [0.0; 12 * ROIS], [0.0; 3]);
    head.forward(Portable, &inputs, &mut scores, &mut deltas).unwrap();
    let (rows, labels) = ([0], [1_u32; ROIS]);
    let spec = GradientSpec::new(&rows).layout(Layout::Gathered);
    loss::cross_entropy_gradient(&scores, Classes::new(3), &labels, &spec, &mut by_scores).unwrap();
    let mut trainer = Trainer::filled(0.0);
    let rows = RowGradients { indices: &rows, by_scores: &by_scores, by_deltas: &[0.0; 12] };
    trainer.backward(Portable, &head, &inputs, &rows).unwrap();
    let norm = trainer.step(&mut head, &Sgd::new(0.1));
    assert!(norm > 0.0 && norm.is_finite());
    head.forward(Portable, &inputs, &mut scores, &mut deltas).unwrap();
    assert!(scores.as_chunks::<3>().0.iter().all(|&[a, b, c]| (a + b).is_finite() && c == f64::NEG_INFINITY));
}

#[test]
fn tables_of_the_wrong_size_are_refused() {
    let (head, mut trainer) = (DetectionHead::<f32, 1, 1, 1, 2>::filled(0.0), Trainer::filled(0.0));
    let said = |refused: Result<(), ohem_head::HeadError>| format!("{}", refused.unwrap_err());
    let short = head.forward(Portable, &[[0.0]], &mut [0.0], &mut [0.0; 8]);
    assert_eq!(said(short), "scores: 1 values but 1 RoIs with 2 columns each");
    let rows = RowGradients { indices: &[0, 1], by_scores: &[0.0; 4], by_deltas: &[0.0; 16] };
    assert_eq!(said(trainer.backward(Portable, &head, &[[0.0]], &rows)), "index 1 at position 1 but 1 RoIs");
    let rows = RowGradients { by_deltas: &[0.0; 15], ..rows };
    let said_of_deltas = said(trainer.backward(Portable, &head, &[[0.0]; 2], &rows));
    assert_eq!(said_of_deltas, "by_deltas: 15 values but 2 RoIs with 8 columns each");
}
