//! Cases small enough to be worked out on paper; most of them were also run through the original OHEM.

use ohem_testkit::oracle::{Convention, Mined, Nan, Suppress, iou, is_box, mine, nms, top_k};

const PIXEL: Convention = Convention::Pixel;
const ABOVE: Suppress = Suppress::Above;
const AT: Suppress = Suppress::AtOrAbove;
const NAN: f64 = f64::NAN;
const INFINITY: f64 = f64::INFINITY;

const BOXES: [[f64; 4]; 6] = [
    [0., 0., 9., 9.],
    [0., 0., 9., 8.],
    [20., 20., 29., 29.],
    [0., 0., 9., 9.],
    [0., 0., 9., 9.],
    [0., 0., 9., 6.],
];
const IMAGES: [u32; 6] = [0, 0, 0, 1, 0, 0];
const LABELS: [u32; 6] = [1, 1, 0, 1, 2, 1];
const LOSSES: [f64; 6] = [0.5, 0.9, 0.3, 0.8, 0.7, 0.1];

fn mined(batch_size: usize, nms: Option<(f64, Suppress)>) -> Mined {
    mine(&BOXES, &IMAGES, &LABELS, &LOSSES, batch_size, nms, PIXEL, Nan::Error).unwrap()
}

fn pair(second: [f64; 4], threshold: f64, suppress: Suppress, convention: Convention) -> Vec<usize> {
    let boxes = [[0., 0., 9., 9.], second];
    nms(&boxes, &[(0, 0); 2], &[0.9, 0.8], threshold, suppress, convention, Nan::Error).unwrap()
}

#[test]
fn select_takes_the_lowest_index_of_a_tie() {
    assert_eq!(top_k(&[0.1, 0.9, 0.5, 0.7], 2, Nan::First), Ok(vec![1, 3]));
    assert_eq!(top_k(&[0.5; 4], 2, Nan::First), Ok(vec![0, 1]));
    assert_eq!(top_k(&[0.5, 0.9, 0.5, 0.9, 0.5], 3, Nan::First), Ok(vec![1, 3, 0]));
    assert_eq!(top_k::<f64>(&[], 2, Nan::First), Ok(vec![]));
    assert_eq!(top_k(&[0.5, 0.9], 9, Nan::First), Ok(vec![1, 0]));
}

#[test]
fn nan_is_an_error_or_left_out_or_first() {
    let losses = [0.1, NAN, 0.9, -NAN];
    assert_eq!(top_k(&losses, 3, Nan::First), Ok(vec![1, 3, 2]));
    assert_eq!(top_k(&losses, 3, Nan::Skip), Ok(vec![2, 0]));
    assert_eq!(top_k(&losses, 0, Nan::Error), Err(1));
    assert_eq!(top_k(&[INFINITY, NAN, -INFINITY], 2, Nan::First), Ok(vec![1, 0]));
}

#[test]
fn groups_do_not_suppress_each_other() {
    let nms = Some((0.7, ABOVE));
    for (batch_size, hard, visited) in
        [(0, &[][..], 0), (1, &[1], 1), (2, &[1, 3], 2), (3, &[1, 3, 4], 3), (10, &[1, 3, 4, 2], 6)]
    {
        let suppressed = visited - hard.len();
        assert_eq!(mined(batch_size, nms), Mined { selected: hard.to_vec(), visited, suppressed });
    }
    assert_eq!(mined(4, nms), Mined { selected: vec![1, 3, 4, 2], visited: 5, suppressed: 1 });
    assert_eq!(mined(10, None), Mined { selected: vec![1, 3, 4, 0, 2, 5], visited: 6, suppressed: 0 });
    assert_eq!(mined(2, None), Mined { selected: vec![1, 3], visited: 2, suppressed: 0 });
}

#[test]
fn equality_is_what_the_rules_differ_in() {
    let half = [0., 0., 9., 4.];
    assert_eq!(pair(half, 0.5, ABOVE, PIXEL), [0, 1]);
    assert_eq!(pair(half, 0.5, AT, PIXEL), [0]);
    assert_eq!(pair([0., 0., 4., 4.], 0.25, AT, PIXEL), [0]);
    assert_eq!(pair([20., 20., 29., 29.], 0., AT, PIXEL), [0]);
    assert_eq!(pair([20., 20., 29., 29.], 0., ABOVE, PIXEL), [0, 1]);
    assert_eq!(pair([20., 20., 29., 29.], -0.5, ABOVE, PIXEL), [0]);
    assert_eq!(pair([0., 0., 9., 9.], 1., ABOVE, PIXEL), [0, 1]);
    assert_eq!(pair([0., 0., 9., 9.], 1., AT, PIXEL), [0]);
}

#[test]
fn ties_across_groups_go_by_index() {
    let boxes = [[0., 0., 9., 9.], [0., 0., 9., 9.], [50., 50., 59., 59.], [50., 50., 59., 59.]];
    let nms = Some((0.7, ABOVE));
    let mined = mine(&boxes, &[1, 0, 1, 0], &[1, 1, 0, 0], &[0.5; 4], 2, nms, PIXEL, Nan::Error).unwrap();
    assert_eq!(mined, Mined { selected: vec![0, 1], visited: 2, suppressed: 0 });
}

#[test]
fn a_nan_loss_that_ranks_first_suppresses_its_neighbours() {
    let (boxes, nms) = ([[0., 0., 9., 9.], [0., 0., 9., 8.], [20., 20., 29., 29.]], Some((0.7, ABOVE)));
    let mined = |nan| mine(&boxes, &[0; 3], &[1; 3], &[0.9, NAN, 0.8], 9, nms, PIXEL, nan);
    assert_eq!(mined(Nan::First).unwrap().selected, [1, 2]);
    assert_eq!(mined(Nan::Skip), Ok(Mined { selected: vec![0, 2], visited: 2, suppressed: 0 }));
    assert_eq!(mined(Nan::Error), Err(1));
}

#[test]
fn what_is_not_a_box_neither_suppresses_nor_is_suppressed() {
    let not_boxes = [[9., 0., 0., 9.], [0., 0., INFINITY, 9.], [0., NAN, 9., 9.], [0., 0., 1e200, 1e200]];
    for corners in not_boxes {
        for convention in [PIXEL, Convention::Continuous] {
            assert!(!is_box(corners, convention));
            assert_eq!(iou(corners, corners, convention), 0.);
            assert_eq!(pair(corners, -1., AT, convention), [0, 1]);
        }
    }
}

#[test]
fn a_point_is_a_pixel_or_nothing() {
    let point = [3., 3., 3., 3.];
    assert!(is_box(point, PIXEL) && is_box(point, Convention::Continuous));
    assert_eq!(iou(point, point, PIXEL), 1.);
    assert_eq!(iou(point, point, Convention::Continuous), 0.);
    assert_eq!(pair(point, 0., AT, Convention::Continuous), [0]);
}

#[test]
fn nothing_is_selected_from_nothing() {
    let nothing = mine::<f64, f64>(&[], &[], &[], &[], 4, Some((0.7, ABOVE)), PIXEL, Nan::Error);
    assert_eq!(nothing, Ok(Mined { selected: vec![], visited: 0, suppressed: 0 }));
}

#[test]
#[should_panic(expected = "differ in length")]
fn ragged_columns_panic() {
    let _ = mine(&BOXES, &IMAGES[1..], &LABELS, &LOSSES, 4, None, PIXEL, Nan::Error);
}
