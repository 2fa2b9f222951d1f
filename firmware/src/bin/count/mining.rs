//! Mining, NMS and ranking.

use core::hint::black_box;

use cortex_m::singleton;
use half::{bf16, f16};
use ohem_core::rank::{TopK, top_k};
use ohem_core::{MineConfig, Miner, NanPolicy, Nms, NmsConfig, RankKey};

use crate::scene::{Integers, Kind, MAX_ROIS, Scene};
use crate::table::Table;

/// Counts them all. Nothing if one was refused.
pub fn count(table: &Table) -> Option<()> {
    let scene = singleton!(: Scene = Scene::new())?;
    table.begin("mining, f32", "RoI");
    mine(table, scene)?;
    table.begin("mining, boxes i16, labels u8, losses i8", "RoI");
    mine_integers(table, scene)?;
    table.begin("the longest step of 16 units, boxes f32, losses i32", "unit");
    mine_in_steps(table, scene)?;
    table.begin("NMS, f32", "box");
    nms(table, scene)?;
    table.begin("ranking", "loss");
    rank(table, scene)
}

/// What 64 are mined of.
const MINED: [(&str, Kind, u16); 11] = [
    ("64 of the 1,812 shipped", Kind::Shipped, 1812),
    ("64 of 300, best case", Kind::Best, 300),
    ("64 of 300, scattered", Kind::Scattered, 300),
    ("64 of 300, clustered", Kind::Clustered, 300),
    ("64 of 300, worst case", Kind::Worst(62, 1.5), 300),
    ("64 of 2,000, best case", Kind::Best, 2000),
    ("64 of 2,000, scattered", Kind::Scattered, 2000),
    ("64 of 2,000, clustered", Kind::Clustered, 2000),
    ("64 of 2,000, worst case", Kind::Worst(62, 1.5), 2000),
    ("64 of 2,000, one box for all", Kind::Clipped, 2000),
    ("64 of 2,000, groups that share a column", Kind::Colliding, 2000),
];

/// What NMS is done on.
const SUPPRESSED: [(&str, Kind); 4] = [
    ("100, none overlapping", Kind::Best),
    ("100, scattered", Kind::Scattered),
    ("100, clustered", Kind::Clustered),
    ("100, worst case", Kind::Worst(99, 1.5)),
];

fn mine(table: &Table, scene: &mut Scene) -> Option<()> {
    let config = MineConfig::fast_rcnn().batch_size(64);
    let miner = singleton!(: Option<Miner<f32, 64>> = None)?.insert(Miner::new(config).ok()?);
    for (name, kind, n) in MINED {
        scene.fill(kind, n);
        let (rois, losses) = scene.first(n)?;
        table.row(name, n.into(), || Some(miner.mine(black_box(&rois), black_box(losses)).ok()?.len()))?;
    }
    *miner = Miner::new(config.without_nms()).ok()?;
    scene.fill(Kind::Scattered, 2000);
    let (rois, losses) = scene.first(2000)?;
    table.row("64 of 2,000, without NMS", 2000, || {
        Some(miner.mine(black_box(&rois), black_box(losses)).ok()?.len())
    })?;
    typed(table, scene, "64 of 2,000, scattered, losses i16", |loss| (loss * 30_000.0) as i16)?;
    typed(table, scene, "64 of 2,000, scattered, losses i8", |loss| (loss * 120.0) as i8)?;
    typed(table, scene, "64 of 2,000, scattered, losses f16", f16::from_f32)?;
    typed(table, scene, "64 of 2,000, scattered, losses bf16", bf16::from_f32)
}

/// Mines by losses of another type.
#[inline(never)]
fn typed<H: RankKey + Default>(
    table: &Table,
    scene: &Scene,
    name: &str,
    convert: impl Fn(f32) -> H,
) -> Option<()> {
    let (rois, _) = scene.first(2000)?;
    let losses = scene.losses.map(convert);
    let mut miner = Miner::<f32, 64, H>::new(MineConfig::fast_rcnn().batch_size(64)).ok()?;
    table.row(name, 2000, || Some(miner.mine(black_box(&rois), black_box(&losses)).ok()?.len()))
}

/// What 64 are mined of with integers only. In the worst case 36 are nested: no more of this growth fit 16 bits.
const MINED_INTEGERS: [(&str, Kind, u16); 6] = [
    ("integers, 64 of the 1,812 shipped", Kind::Shipped, 1812),
    ("integers, 64 of 300, scattered", Kind::Scattered, 300),
    ("integers, 64 of 2,000, scattered", Kind::Scattered, 2000),
    ("integers, 64 of 2,000, clustered", Kind::Clustered, 2000),
    ("integers, 64 of 2,000, worst case", Kind::Worst(36, 1.25), 2000),
    ("integers, 64 of 2,000, one box for all", Kind::Clipped, 2000),
];

#[inline(never)]
fn mine_integers(table: &Table, scene: &mut Scene) -> Option<()> {
    let integers = singleton!(: Integers = Integers::new())?;
    let config = MineConfig::fast_rcnn().batch_size(64);
    let miner = singleton!(: Miner<i16, 64, i8> = Miner::new(config).ok()?)?;
    for (name, kind, n) in MINED_INTEGERS {
        scene.fill(kind, n);
        integers.round(scene, n);
        let (rois, losses) = integers.first(n)?;
        table.row(name, n.into(), || Some(miner.mine(black_box(&rois), black_box(losses)).ok()?.len()))?;
    }
    Some(())
}

/// Whose longest step is looked for: usual scenes, and those that take the most work.
const IN_STEPS: [(&str, Kind, u16); 5] = [
    ("64 of the 1,812 shipped, in steps", Kind::Shipped, 1812),
    ("64 of 2,000, scattered, in steps", Kind::Scattered, 2000),
    ("64 of 2,000, worst case, in steps", Kind::Worst(62, 1.5), 2000),
    ("64 of 2,000, one box for all, in steps", Kind::Clipped, 2000),
    ("64 of 2,000, groups that share a column, in steps", Kind::Colliding, 2000),
];

fn losses_of(losses: &[f32]) -> [i32; MAX_ROIS] {
    let mut integers = [0; MAX_ROIS];
    integers.iter_mut().zip(losses).for_each(|(slot, loss)| *slot = (loss * 1e5) as i32);
    integers
}

#[inline(never)]
fn mine_in_steps(table: &Table, scene: &mut Scene) -> Option<()> {
    const UNITS: u8 = 16;
    let config = MineConfig::fast_rcnn().batch_size(64);
    let miner = singleton!(: Miner<f32, 64, i32> = Miner::new(config).ok()?)?;
    for (name, kind, n) in IN_STEPS {
        scene.fill(kind, n);
        let (rois, losses) = scene.first(n)?;
        let losses = losses_of(losses);
        let mut mining = miner.start(&rois, losses.get(..n.into())?).ok()?;
        table.longest(name, UNITS.into(), || mining.step(UNITS.into()).ok())?;
    }
    Some(())
}

fn nms(table: &Table, scene: &mut Scene) -> Option<()> {
    let mut nms = Nms::<f32, 100>::new(NmsConfig::new(0.5)).ok()?;
    for (name, kind) in SUPPRESSED {
        scene.fill(kind, 100);
        let (rois, scores) = scene.first(100)?;
        table.row(name, 100, || Some(nms.nms(black_box(rois.boxes()), black_box(scores)).ok()?.len()))?;
    }
    Some(())
}

fn rank(table: &Table, scene: &mut Scene) -> Option<()> {
    let indices = singleton!(: [u32; MAX_ROIS] = [0; MAX_ROIS])?;
    let orders = [
        (Kind::Best, "`TopK`, 64 of 2,000, hardest first", "`top_k`, 64 of 2,000, hardest first"),
        (Kind::Scattered, "`TopK`, 64 of 2,000, random order", "`top_k`, 64 of 2,000, random order"),
        (Kind::Worst(0, 1.5), "`TopK`, 64 of 2,000, hardest last", "`top_k`, 64 of 2,000, hardest last"),
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
