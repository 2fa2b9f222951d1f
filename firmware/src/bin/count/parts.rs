//! IoU, targets, and operations on a selection.

use core::hint::black_box;

use cortex_m::singleton;
use ohem_core::gate::Gate;
use ohem_core::targets::{BoxCoder, assign};
use ohem_core::{Convention, Match, gather, iou};

use crate::scene::{Kind, Scene};
use crate::table::Table;

/// How many of a batch were selected, in the rows about selections.
const SELECTED: usize = 64;

/// Counts them all. Nothing if one was refused.
pub fn count(table: &Table) -> Option<()> {
    let scene = singleton!(: Scene = Scene::new())?;
    scene.fill(Kind::Clustered, 300);
    let (rois, losses) = scene.first(300)?;
    let (boxes, convention) = (black_box(rois.boxes()), Convention::Pixel);
    let (first, ground_truth) = (boxes.first()?, boxes.get(..10)?);

    table.begin("boxes, f32", "pair");
    let mut overlaps = [0.0; 300];
    table.row("IoU of one box with 300", 300, || {
        iou::row(black_box(first), boxes, convention, &mut overlaps).ok()
    })?;
    let mut matches = [Match::BACKGROUND; 300];
    table.row("the best of 10 boxes for each of 300", 3000, || {
        assign(boxes, black_box(ground_truth), convention, &mut overlaps, &mut matches).ok()
    })?;
    let coder = black_box(BoxCoder::new(convention));
    table.row("encoding the step to another box", 1, || Some(coder.encode(first, boxes.get(1)?)))?;
    table.row("taking a step", 1, || Some(coder.decode(first, black_box([0.1, 0.1, 0.2, 0.2]))))?;

    table.begin("a selection of 64 of 300", "RoI selected");
    let indices: [u32; SELECTED] = core::array::from_fn(|i| 4 * i as u32);
    let (indices, mut weights, mut rows) = (black_box(&indices), [0.0; 300], [*first; SELECTED]);
    table
        .row("weights", SELECTED as u64, || gather::mask(indices, 1.0, 0.0, black_box(&mut weights)).ok())?;
    table.row("gathering boxes", SELECTED as u64, || {
        gather::rows(indices, black_box(boxes), 1, black_box(&mut rows)).ok()
    })?;

    table.begin("the gate", "loss");
    let mut gate = Gate::<f32, 64>::new(0.25);
    table.row("300 losses, a window of 64", 300, || {
        Some(losses.iter().filter(|&&loss| gate.observe(loss)).count())
    })
}
