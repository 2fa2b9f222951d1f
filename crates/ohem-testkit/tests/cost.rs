//! Inputs that an attacker, a diverged model or a clipped box could make cost no more than the documentation states.

use core::time::Duration;

use ohem_core::Convention;
use ohem_testkit::cost::{Job, Setting, passes, search};
use ohem_testkit::generate::Table;

const SETTING: Setting = Setting {
    window: 120,
    batch_size: 64,
    iou_threshold: 0.7,
    convention: Convention::Continuous,
    max_visited: None,
    seed: 7,
};

/// `n` RoIs with losses in random order: a box, an image and a label for each.
fn table(n: u32, roi: impl Fn(u32) -> ([f64; 4], u32, u32)) -> Table {
    let loss = |i: u32| f64::from(i.wrapping_mul(2_654_435_761) >> 8);
    (0..n)
        .map(|i| (roi(i), loss(i)))
        .map(|((corners, image, label), loss)| (corners, image, label, loss))
        .collect()
}

/// The box of a place in a grid in which none touch.
fn apart(i: u32, side: f64, at: f64) -> [f64; 4] {
    let [x, y] = [i % 100, i / 100].map(|place| at + 2.0 * side * f64::from(place));
    [x, y, x + side, y + side]
}

/// What a RoI costs, within the bound.
fn per_roi(job: Job, table: &Table, setting: &Setting) -> f64 {
    let (cost, bound) = (job.cost(table, setting).total(), job.bound(table.len(), setting));
    assert!(cost <= bound, "{job:?}: {cost} of {bound}");
    cost as f64 / table.len() as f64
}

#[test]
fn boxes_that_are_few_different_ones_take_few_scans() {
    for places in [1, 2, 42, 63] {
        let clipped = |n| table(n, |i| (apart(i % places, 9.0, 0.0), 0, 0));
        for job in [Job::Mine, Job::PerImage] {
            let setting = Setting { batch_size: 128, ..SETTING };
            let [few, many] = [4_000, 40_000].map(|n| per_roi(job, &clipped(n), &setting));
            assert!(many < 1.2 * few, "{job:?} of {places}: {few} and {many} for a RoI");
        }
    }
}

#[test]
fn a_limit_on_visits_bounds_the_scans() {
    // One group after the other, each behind the one before: the screen cannot help.
    let n = 20_000;
    let mut table = table(n, |i| (apart(i / 400, 9.0, 0.0), 0, 0));
    table.losses = (0..n).map(|i| -f64::from(i)).collect();
    let unlimited = per_roi(Job::Mine, &table, &SETTING);
    let limited = Setting { max_visited: Some(1_000), ..SETTING };
    let limited_cost = per_roi(Job::Mine, &table, &limited);
    assert_eq!(passes(n as usize, 1_001, 120), 18);
    assert!(limited_cost < unlimited / 5.0, "{limited_cost}, without a limit {unlimited}");
}

/// Checks that suppression takes about as much for a box whether they are few or many.
fn is_near_linear(what: &str, setting: Setting, roi: impl Fn(u32) -> ([f64; 4], u32, u32)) {
    let [few, many] = [2_000, 16_000].map(|n| per_roi(Job::Nms, &table(n, &roi), &setting));
    assert!(many < 1.5 * few.max(200.0), "{what}: {few} and {many} for a box");
}

#[test]
fn boxes_without_area_are_never_looked_at() {
    is_near_linear("half of them clipped", SETTING, |i| {
        let [x1, y1, x2, y2] = apart(i, 9.0, 0.0);
        ([x1, y1, if i % 2 == 0 { x1 } else { x2 }, y2], 0, 0)
    });
}

#[test]
fn boxes_of_any_size_and_place_are_told_apart() {
    for side in [1e-13, 1e-6, 1.0, 1e6, 1e13] {
        is_near_linear("side", SETTING, |i| (apart(i, side, 0.0), 0, 0));
    }
    // Beyond these, neighbouring floats are further apart than the boxes.
    for at in [1e3, 1e5] {
        is_near_linear("place", SETTING, |i| (apart(i, 1.0, at), 0, 0));
    }
    let pixel = Setting { convention: Convention::Pixel, ..SETTING };
    for at in [1e9, 1e12, 1e30] {
        let spacing = at * 1e-6;
        is_near_linear("pixels", pixel, |i| {
            let [x, y, ..] = apart(i, spacing, at);
            ([x, y, x, y], 0, 0)
        });
    }
}

#[test]
fn groups_are_told_apart_whatever_their_numbers() {
    let place = apart(0, 9.0, 0.0);
    is_near_linear("image i, label i rotated", SETTING, |i| (place, i, i.rotate_left(16)));
    is_near_linear("a label each", SETTING, |i| (place, 0, i));
    is_near_linear("groups with the same column", SETTING, |i| (place, i, i.rotate_left(12)));
}

#[test]
fn a_search_finds_nothing_above_a_bound() {
    for job in Job::ALL {
        let found = search(job, Duration::from_millis(300), 7);
        assert!(found.ratio() <= 1.0, "{job:?}: {:.3} of the bound by {:?}", found.ratio(), found.input);
    }
}
