//! Mining, NMS and ranking.

use core::hint::black_box;

use cortex_m::singleton;
use ohem_core::rank::{TopK, top_k};
use ohem_core::{Hardness, MineConfig, Miner, NanPolicy, Nms, NmsConfig, Rois};

use crate::scene::{Kind, MOST, Scene};
use crate::table::Table;

/// Counts them all. Nothing if one was refused.
pub fn count(table: &Table) -> Option<()> {
    let scene = singleton!(: Scene = Scene::new())?;
    table.begin("mining, f32", "RoI");
    mine(table, scene)?;
    table.begin("NMS, f32", "box");
    nms(table, scene)?;
    table.begin("ranking", "loss");
    rank(table, scene)
}

/// What is counted of each kind of scene.
const KINDS: [(Kind, [&str; 2], &str); 4] = [
    (Kind::Best, ["64 of 300, best case", "64 of 2,000, best case"], "100, best case"),
    (Kind::Scattered, ["64 of 300, scattered", "64 of 2,000, scattered"], "100, scattered"),
    (Kind::Clustered, ["64 of 300, clustered", "64 of 2,000, clustered"], "100, clustered"),
    (Kind::Worst, ["64 of 300, worst case", "64 of 2,000, worst case"], "100, worst case"),
];

fn mine(table: &Table, scene: &mut Scene) -> Option<()> {
    let config = MineConfig::fast_rcnn().batch_size(64);
    let miner = singleton!(: Option<Miner<f32, 64>> = Miner::new(MineConfig::fast_rcnn().batch_size(64)).ok())?;
    let miner = miner.as_mut()?;
    for (kind, names, _) in KINDS {
        for (name, n) in names.into_iter().zip([300, 2000]) {
            scene.fill(kind, n);
            let (rois, losses) = scene.first(n)?;
            table.row(name, n.into(), || Some(miner.mine(black_box(&rois), black_box(losses)).ok()?.len()))?;
        }
    }
    *miner = Miner::new(config.without_nms()).ok()?;
    scene.fill(Kind::Scattered, 2000);
    let (rois, losses) = scene.first(2000)?;
    table.row("64 of 2,000, without NMS", 2000, || {
        Some(miner.mine(black_box(&rois), black_box(losses)).ok()?.len())
    })?;
    quantised(table, &rois, losses, "64 of 2,000, scattered, losses i16", |loss| (loss * 30_000.0) as i16)?;
    quantised(table, &rois, losses, "64 of 2,000, scattered, losses i8", |loss| (loss * 120.0) as i8)
}

/// Mines by losses of another type.
#[inline(never)]
fn quantised<H: Hardness + Default>(
    table: &Table,
    rois: &Rois<'_, f32>,
    losses: &[f32],
    name: &str,
    quantise: impl Fn(f32) -> H,
) -> Option<()> {
    let mut quantised = [H::default(); MOST];
    quantised.iter_mut().zip(losses).for_each(|(quantised, &loss)| *quantised = quantise(loss));
    let mut miner = Miner::<f32, 64, H>::new(MineConfig::fast_rcnn().batch_size(64)).ok()?;
    table.row(name, 2000, || Some(miner.mine(black_box(rois), black_box(&quantised)).ok()?.len()))
}

fn nms(table: &Table, scene: &mut Scene) -> Option<()> {
    let mut nms = Nms::<f32, 100>::new(NmsConfig::new(0.5)).ok()?;
    for (kind, _, name) in KINDS {
        scene.fill(kind, 100);
        let (rois, scores) = scene.first(100)?;
        table.row(name, 100, || Some(nms.nms(black_box(rois.boxes()), black_box(scores)).ok()?.len()))?;
    }
    Some(())
}

fn rank(table: &Table, scene: &mut Scene) -> Option<()> {
    let indices = singleton!(: [u32; MOST] = [0; MOST])?;
    let orders = [
        (Kind::Best, "`TopK`, 64 of 2,000, hardest first", "`top_k`, 64 of 2,000, hardest first"),
        (Kind::Scattered, "`TopK`, 64 of 2,000, random order", "`top_k`, 64 of 2,000, random order"),
        (Kind::Worst, "`TopK`, 64 of 2,000, hardest last", "`top_k`, 64 of 2,000, hardest last"),
    ];
    let mut top = TopK::<f32, 128>::new(64, NanPolicy::Error).ok()?;
    for (kind, streamed, in_place) in orders {
        scene.fill(kind, 2000);
        table.row(streamed, 2000, || {
            top.clear();
            top.extend(black_box(&scene.losses)).ok()?;
            Some(top.hardest().len())
        })?;
        indices.iter_mut().zip(0..).for_each(|(slot, index)| *slot = index);
        table.row(in_place, 2000, || {
            Some(top_k(black_box(&scene.losses), black_box(indices), 64, NanPolicy::Error).ok()?.len())
        })?;
    }
    Some(())
}
