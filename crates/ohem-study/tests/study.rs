//! Studies a small part of the RoIs built into the command: the losses are always the same.

#![allow(clippy::std_instead_of_core, reason = "a test of the host")]

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use ohem_pack::{Pack, PackSplit};
use ohem_study::{Data, Plan, Run, Sampler, Store, StudyError};
use sha2::{Digest, Sha256};

/// Three images to train on, two to test on.
fn pack() -> Pack {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ohem-cli/data/bccd_head");
    let mut pack = Pack::read(&folder).unwrap();
    pack.truncate(3, 2);
    pack
}

fn plan() -> Plan {
    Plan::new().seeds(1).epochs(2)
}

/// A digest of all measurements except times.
fn digest(runs: &[Run]) -> String {
    let mut digest = Sha256::new();
    for run in runs {
        digest.update(run.sampler.name());
        for epoch in &run.epochs {
            digest.update(epoch.loss.to_bits().to_le_bytes());
            digest.update(epoch.back_propagated.to_le_bytes());
            let precisions = epoch.ap.iter().map(|ap| ap.map_or(u64::MAX, f64::to_bits));
            precisions.for_each(|bits| digest.update(bits.to_le_bytes()));
        }
        for roi in run.hardest.iter().flat_map(|hardest| &hardest.rois) {
            digest.update(roi.loss.to_bits().to_le_bytes());
        }
    }
    digest.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_same_bits_always() {
    let runs = plan().run(&Data::new(&pack()).unwrap(), None, &|_| {}).unwrap();
    let samplers: Vec<Sampler> = runs.iter().map(|run| run.sampler).collect();
    assert_eq!(samplers, Sampler::EVERY);
    for run in &runs {
        assert_eq!(run.hardest.iter().map(|hardest| hardest.rois.len()).collect::<Vec<_>>(), [16, 16]);
    }
    let all = &runs[4].epochs; // what learns from all lowers the loss of all
    assert!(all[1].loss < all[0].loss);
    assert_eq!(digest(&runs), "f4cabcc6e3c7dc8c");
}

#[test]
fn seeds_differ_and_samplers_begin_alike() {
    let data = Data::new(&pack()).unwrap();
    let runs = plan().samplers(vec![Sampler::Ohem]).seeds(2).epochs(1).run(&data, None, &|_| {}).unwrap();
    assert_ne!(runs[0].epochs[0].loss, runs[1].epochs[0].loss);
    // With room for all, mining without NMS learns from what `all` learns from, but in another order.
    let both = plan().samplers(vec![Sampler::OhemNoNms, Sampler::All]).epochs(1).batch_size(100_000);
    let runs = both.run(&data, None, &|_| {}).unwrap();
    let (mined, all) = (&runs[0].epochs[0], &runs[1].epochs[0]);
    assert_eq!(
        (mined.back_propagated, all.back_propagated),
        (pack().train.len() as u64, pack().train.len() as u64)
    );
    assert!((mined.loss - all.loss).abs() < 1e-3, "{} and {}", mined.loss, all.loss);
}

#[test]
fn a_batch_has_as_many_as_it_may() {
    let data = Data::new(&pack()).unwrap();
    let runs = plan().epochs(1).batch_size(32).run(&data, None, &|_| {}).unwrap();
    let learnt: Vec<u64> = runs.iter().map(|run| run.epochs[0].back_propagated).collect();
    assert_eq!(learnt, [96, 96, 96, 96, pack().train.len() as u64]);
    let forwarded: Vec<u64> = runs.iter().map(|run| run.epochs[0].forwarded).collect();
    assert_eq!(forwarded[2..4], [96, 96], "random samplers score only what they draw");
    assert_eq!(forwarded[0], pack().train.len() as u64);
}

#[test]
fn finished_runs_are_not_done_again() {
    let (folder, data) = (tempfile::tempdir().unwrap(), Data::new(&pack()).unwrap());
    let store = Store::new(&folder.path().join("runs")).unwrap();
    let plan = plan().samplers(vec![Sampler::RandomFromTenth]).epochs(1);
    let run = |plan: &Plan| {
        let steps = AtomicUsize::new(0);
        let runs =
            plan.run(&data, Some(&store), &|epochs| _ = steps.fetch_add(epochs, Ordering::Relaxed)).unwrap();
        assert_eq!(steps.into_inner() as u64, plan.all_epochs());
        runs
    };
    let files = || fs::read_dir(folder.path().join("runs")).unwrap().map(|file| file.unwrap().path());
    let before = run(&plan);
    assert_eq!(run(&plan), before, "even the times are those of the run that was kept");

    // Another seed, batch or epoch makes another run.
    run(&plan.clone().seeds(2));
    run(&plan.clone().batch_size(8));
    run(&plan.clone().epochs(2));
    assert_eq!(files().count(), 4);

    // Files that cannot be parsed are replaced.
    for file in files() {
        fs::write(file, "{").unwrap();
    }
    let again = run(&plan);
    assert_eq!(again[0].epochs[0].loss, before[0].epochs[0].loss);
    assert!(files().any(|file| fs::read(file).unwrap().len() > 1));
}

#[test]
fn what_cannot_be_studied_is_refused() {
    let refused = |change: &dyn Fn(&mut Pack)| -> StudyError {
        let mut pack = pack();
        change(&mut pack);
        plan().run(&Data::new(&pack).unwrap(), None, &|_| {}).unwrap_err()
    };
    let narrow = refused(&|pack| {
        pack.width = 1;
        pack.train.features.truncate(pack.train.len());
        pack.test.features.truncate(pack.test.len());
    });
    assert_eq!(narrow.to_string(), "1 features per RoI but heads exist only for 48, 96, 128");
    let many = refused(&|pack| pack.classes = vec!["a".to_owned(); 21]);
    assert_eq!(many.to_string(), "21 classes but heads exist only for 1 to 20");
    let empty = refused(&|pack| pack.test = PackSplit::default());
    assert_eq!(empty.to_string(), "no RoIs to test on");
}

#[test]
fn more_classes_than_there_are_change_little() {
    // A fourth class takes the head of 21, whose other classes are never given.
    let mut pack = pack();
    pack.classes.push("none".to_owned());
    let plan = plan().samplers(vec![Sampler::Ohem]);
    let runs = plan.run(&Data::new(&pack).unwrap(), None, &|_| {}).unwrap();
    let (first, last) = (&runs[0].epochs[0], &runs[0].epochs[1]);
    assert!(last.loss < first.loss && last.loss.is_finite());
    assert_eq!((last.ap.len(), last.ap[3]), (4, None));
}
