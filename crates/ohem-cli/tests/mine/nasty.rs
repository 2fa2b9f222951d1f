//! Pictures of nasty tables: they end, and the SVG is well formed and has finite numbers.

use std::time::Instant;

use proptest::collection::vec;
use proptest::prelude::*;
use resvg::usvg::roxmltree::Document;

use crate::run::{Folder, HEADER, run_on, stdout_of};

/// Numbers at which something overflows, underflows or cancels.
const NASTY: [&str; 24] = [
    "0",
    "-0",
    "1",
    "-1",
    "5e-324",
    "-5e-324",
    "1e-310",
    "2.2250738585072014e-308",
    "1e-45",
    "1e-38",
    "1e-100",
    "1e-16",
    "0.1",
    "9999999",
    "1e7",
    "-1e7",
    "1e16",
    "1e38",
    "3.5e38",
    "1.7976931348623157e308",
    "-1.7976931348623157e308",
    "inf",
    "-inf",
    "nan",
];

fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => proptest::sample::select(&NASTY[..]).prop_map(str::to_owned),
        1 => any::<f64>().prop_map(|number| number.to_string()),
        2 => (-50..50_i32).prop_map(|number| number.to_string()),
    ]
}

fn name() -> impl Strategy<Value = String> {
    let names =
        ["a", "b", "0", "1", "-1", "<&>", "\u{1b}[2J", "\u{202e}", "👩‍🔬", "e\u{301}\u{301}", "background"];
    prop_oneof![
        8 => proptest::sample::select(names.to_vec()).prop_map(str::to_owned),
        1 => "[^\",\r\n ]{1,600}",
    ]
}

fn table() -> impl Strategy<Value = String> {
    let boxes = prop_oneof![
        // Often of one size, since a distant box hides small ones.
        vec(number(), 4),
        (number(), number()).prop_map(|(at, to)| vec![at.clone(), at, to.clone(), to]),
        number().prop_map(|to| vec!["0".to_owned(), "0".to_owned(), to.clone(), to]),
    ];
    let row = (name(), boxes, name(), number())
        .prop_map(|(image, corners, label, loss)| format!("{image},{},{label},{loss}\n", corners.join(",")));
    vec(row, 0..12).prop_map(|rows| HEADER.to_owned() + &rows.concat())
}

/// Checks that each number in an SVG is finite and of a drawing's size.
fn check(svg: &str) {
    let document = Document::parse(svg).unwrap_or_else(|error| panic!("{error}: {svg}"));
    let texts = ["fill", "stroke", "id", "font-family", "font-weight", "text-anchor", "href", "clip-path"];
    for attribute in document.descendants().flat_map(|node| node.attributes()) {
        if texts.contains(&attribute.name()) || attribute.value().ends_with('%') {
            continue;
        }
        if ["stroke-linejoin", "preserveAspectRatio"].contains(&attribute.name()) {
            continue;
        }
        for number in attribute.value().split([' ', 'M', 'h', 'v', 'z']).filter(|number| !number.is_empty()) {
            let found = number.trim_start_matches("--").parse::<f64>();
            let is_drawn = found.as_ref().is_ok_and(|number| number.abs() < 1e6);
            assert!(is_drawn, "{}={}", attribute.name(), attribute.value());
        }
    }
}

fn drawn(table: &str, arguments: &[&str]) -> String {
    let folder = Folder::new();
    let picture = folder.name("hard.svg");
    stdout_of(run_on(table.as_bytes(), &[&["-", "--quiet", "--picture", &picture], arguments].concat()));
    std::fs::read_to_string(&picture).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_picture_of_any_table_is_well_formed_and_finite(
        table in table(),
        convention in proptest::sample::select(&["pixel", "continuous"][..]),
        precision in proptest::sample::select(&["f32", "f64"][..]),
        nan in proptest::sample::select(&["first", "skip"][..]),
        batch_size in proptest::sample::select(&["0", "1", "128"][..]),
    ) {
        let options = ["--convention", convention, "--precision", precision, "--nan", nan, "--batch-size", batch_size];
        check(&drawn(&table, &options));
    }
}

#[test]
fn a_box_smaller_than_every_normal_float_is_drawn() {
    for convention in ["pixel", "continuous"] {
        for corner in ["1e-310", "5e-324", "1e-300"] {
            check(&drawn(&format!("{HEADER}0,0,0,{corner},0,1,1\n"), &["--convention", convention]));
        }
    }
}

#[test]
fn losses_that_span_less_than_every_normal_float_are_drawn() {
    for (low, high) in [("0", "5e-324"), ("-5e-324", "5e-324"), ("1e-310", "2e-310"), ("-1.7e308", "1.7e308")]
    {
        let rows = format!("0,0,0,9,9,1,{low}\n0,0,0,9,9,2,{high}\n");
        check(&drawn(&format!("{HEADER}{rows}"), &["--precision", "f64"]));
    }
}

#[test]
fn names_of_100_000_characters_are_drawn() {
    let started = Instant::now();
    for letter in ["x", "é", "\u{301}", "\u{202e}", "細", "&"] {
        let long = letter.repeat(100_000);
        let rows: String = (0..40).map(|row| format!("{long},{row},0,{row},9,{long}{row},1\n")).collect();
        let svg = drawn(&format!("{HEADER}{rows}"), &[]);
        check(&svg);
        assert!(svg.len() < 400_000, "{}", svg.len());
        assert!(svg.contains(": 40 selected, 0 suppressed, 0 easier<"), "{letter}");
    }
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}
