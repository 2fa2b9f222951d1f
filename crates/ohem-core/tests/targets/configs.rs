//! What settings are at first, and what each of them changes.

use ohem_core::Convention;
use ohem_core::targets::{BoxCoder, Decode, ExpandConfig, LabelConfig, OnOverlap, SampleConfig, split};

fn fields(config: &LabelConfig) -> ([f64; 4], OnOverlap) {
    let LabelConfig { foreground, background_from, background_below, target, on_overlap, .. } = *config;
    ([foreground, background_from, background_below, target], on_overlap)
}

#[test]
fn each_setting_changes_what_it_names_and_nothing_else() {
    let new = LabelConfig::new();
    assert_eq!(fields(&new), ([0.5, 0.0, 0.5, 0.5], OnOverlap::Foreground));
    assert_eq!(LabelConfig::default(), new);
    assert_eq!(fields(&LabelConfig::fast_rcnn()), ([0.5, 0.0, 0.5, 0.5], OnOverlap::Duplicate));
    assert_eq!(fields(&new.foreground(0.7)), ([0.7, 0.0, 0.5, 0.5], OnOverlap::Foreground));
    assert_eq!(fields(&new.background(0.1, 0.3)), ([0.5, 0.1, 0.3, 0.5], OnOverlap::Foreground));
    assert_eq!(fields(&new.target(0.6)), ([0.5, 0.0, 0.5, 0.6], OnOverlap::Foreground));
    assert_eq!(fields(&new.on_overlap(OnOverlap::Duplicate)), ([0.5, 0.0, 0.5, 0.5], OnOverlap::Duplicate));

    let draw = SampleConfig::new(64);
    assert_eq!((draw.batch_size, draw.foreground_fraction, draw.labels), (64, 0.25, new));
    let fast_rcnn = LabelConfig::fast_rcnn().background(0.1, 0.5);
    assert_eq!(SampleConfig::fast_rcnn(), draw.labels(fast_rcnn));
    assert_eq!(SampleConfig::fast_rcnn().labels, fast_rcnn);
    assert_eq!(draw.foreground_fraction(0.5).foreground_fraction, 0.5);

    let coder = BoxCoder::new(Convention::Pixel);
    assert_eq!(
        (coder.convention, coder.decoding, coder.largest_log),
        (Convention::Pixel, Decode::Exact, None)
    );
    assert_eq!(BoxCoder::fast_rcnn(), coder.decoding(Decode::Original));
    assert_eq!(BoxCoder::fast_rcnn().decoding, Decode::Original);
    assert_eq!(coder.largest_log(4.0).largest_log, Some(4.0));

    let weights = [1.0, 0.5, 0.0, 2.0];
    assert_eq!(ExpandConfig::new(21).inside_weights(weights).inside_weights, weights);
    assert_eq!((ExpandConfig::new(21).classes, ExpandConfig::new(21).inside_weights), (21, [1.0; 4]));
}

#[test]
fn what_was_listed_is_held_in_another_way() {
    let (overlaps, mut memory) = ([0.9, 0.1, 0.6], [0; 3]);
    let listed = split(&overlaps, &LabelConfig::new(), &mut memory).unwrap().map(|indices| indices.to_vec());
    assert_eq!((listed.foreground(), listed.background()), (&[0, 2][..], &[1][..]));
}
