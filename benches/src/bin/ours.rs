//! The side of ohem in `benches/python/peers.py`: writes the inputs, then runs jobs on request.
//!
//! `ours FOLDER` writes the columns of every case to the folder, raw and little-endian, and prints a line of
//! JSON for each case. Then, for each line `CASE REPEATS` that it reads, it repeats that case's job, and
//! prints the nanoseconds of CPU time of one repeat and the selection; for overlaps, the sum of their bits.

use core::hint::black_box;
use std::fs;
use std::io::{self, BufRead, Write};
use std::path::Path;

use ohem_benches::{Input, time};
use ohem_core::gather;
use ohem_std::rank::top_k;
use ohem_std::simd::Tier;
use ohem_std::{Convention, MineConfig, Miner, NanPolicy, NmsConfig, iou, nms};
use ohem_testkit::generate::scene::{Labels, Scene};

/// How many RoIs are wanted.
const BATCH: usize = 128;
/// From this IoU a box is suppressed.
const THRESHOLD: f64 = 0.7;
/// Targets, inside and outside weights: four columns for each of 21 classes.
const WIDTH: usize = 84;

/// A job and its input.
struct Case {
    job: &'static str,
    scene: &'static str,
    input: Input<f32>,
    does: fn(&Input<f32>, &mut Memory),
}

/// Memory kept from step to step.
struct Memory {
    miner: Miner<f32>,
    tables: [Vec<f32>; 3],
    blobs: [Vec<f32>; 3],
    answer: Vec<u32>,
    overlaps: Vec<f32>,
}

fn main() -> io::Result<()> {
    let folder = std::env::args().nth(1).ok_or_else(|| io::Error::other("usage: ours FOLDER"))?;
    let cases = cases();
    for (nth, case) in cases.iter().enumerate() {
        write(Path::new(&folder), nth, &case.input)?;
        let (job, scene, n) = (case.job, case.scene, case.input.losses.len());
        let tier = Tier::current();
        println!(r#"{{"case": {nth}, "job": "{job}", "scene": "{scene}", "n": {n}, "tier": "{tier}"}}"#);
    }
    println!();
    let most = cases.iter().filter(|case| case.job == "mine").map(|case| case.input.losses.len()).max();
    let table = |value: f32| vec![value; most.unwrap_or(0).min(200_000) * WIDTH];
    let mut memory = Memory {
        miner: Miner::new(MineConfig::new(BATCH).nms(NmsConfig::new(THRESHOLD))).map_err(io::Error::other)?,
        tables: [table(1.0), table(2.0), table(3.0)],
        blobs: [const { Vec::new() }; 3],
        answer: Vec::new(),
        overlaps: Vec::new(),
    };
    for line in io::stdin().lock().lines() {
        answer(&line?, &cases, &mut memory)?;
    }
    Ok(())
}

/// Does what one line asks for.
fn answer(line: &str, cases: &[Case], memory: &mut Memory) -> io::Result<()> {
    let unknown = || io::Error::other(format!("expected a case and a number of repeats, found {line:?}"));
    let (nth, repeats) = line.split_once(' ').ok_or_else(unknown)?;
    let case = nth.parse().ok().and_then(|nth: usize| cases.get(nth)).ok_or_else(unknown)?;
    let repeats = repeats.parse::<u32>().ok().filter(|&repeats| repeats > 0).ok_or_else(unknown)?;
    let took = time(&mut || (case.does)(black_box(&case.input), memory), repeats);
    if case.job == "iou_matrix" {
        let digest = memory.overlaps.iter().fold(0_u32, |sum, overlap| sum.wrapping_add(overlap.to_bits()));
        memory.answer = vec![digest];
    }
    let nanos = took.as_secs_f64() * 1e9 / f64::from(repeats);
    println!(r#"{{"ns": {nanos:.1}, "selected": {:?}}}"#, memory.answer);
    io::stdout().flush()
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (scene, labels) in [("clustered, voc", Labels::Voc), ("clustered, 21 labels", Labels::Uniform(21))] {
        for n in [300, 2_000, 20_000, 100_000] {
            let input = Scene::Clustered.batch(2, n, labels, 1).into();
            cases.push(Case { job: "mine", scene, input, does: mine });
        }
    }
    let boxes = [(Scene::Clustered, "clustered"), (Scene::Uniform, "uniform")];
    for ((scene, name), n) in boxes.into_iter().flat_map(|scene| [2_000, 10_000, 50_000].map(|n| (scene, n)))
    {
        cases.push(Case { job: "nms", scene: name, input: scene.table(n, 1).into(), does: suppress });
    }
    for n in [1_000, 100_000, 1_000_000] {
        cases.push(Case {
            job: "top_k",
            scene: "128 wanted",
            input: Scene::Uniform.table(n, 1).into(),
            does: rank,
        });
    }
    let input = Scene::Uniform.table(2_000, 1).into();
    cases.push(Case { job: "iou_matrix", scene: "uniform, with themselves", input, does: overlap });
    cases
}

/// Writes a case's columns, each into a file.
fn write(folder: &Path, nth: usize, input: &Input<f32>) -> io::Result<()> {
    let floats = |values: &[f32]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<_>>();
    let wholes = |values: &[u32]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<_>>();
    fs::create_dir_all(folder)?;
    fs::write(folder.join(format!("{nth}.boxes.f32")), floats(input.boxes.as_flattened()))?;
    fs::write(folder.join(format!("{nth}.losses.f32")), floats(&input.losses))?;
    fs::write(folder.join(format!("{nth}.images.u32")), wholes(&input.images))?;
    fs::write(folder.join(format!("{nth}.labels.u32")), wholes(&input.labels))
}

fn mine(input: &Input<f32>, memory: &mut Memory) {
    let hard = memory.miner.mine(&input.rois(), &input.losses).expect("no NaN");
    memory.answer.clear();
    memory.answer.extend_from_slice(hard.indices());
    for (blob, table) in memory.blobs.iter_mut().zip(&memory.tables) {
        blob.resize(memory.answer.len() * WIDTH, 0.0);
        gather::rows(&memory.answer, table, WIDTH, blob).expect("there is room");
    }
}

fn suppress(input: &Input<f32>, memory: &mut Memory) {
    memory.answer = nms(input.boxes(), &input.losses, &NmsConfig::new(THRESHOLD)).expect("no NaN");
}

fn rank(input: &Input<f32>, memory: &mut Memory) {
    memory.answer = top_k(&input.losses, BATCH, NanPolicy::Error).expect("no NaN");
}

fn overlap(input: &Input<f32>, memory: &mut Memory) {
    memory.overlaps = iou::matrix(input.boxes(), input.boxes(), Convention::Continuous)
        .expect("the matrix fits the memory");
}
