//! What RoIs are matched to.

use ohem_core::Match;
use ohem_core::kernel::Simd;

use crate::registry::{Column, Operation, Sink, Source, Words, numbers, table};

/// Matches made of numbers, and read back.
#[derive(Clone, Copy, Debug)]
pub struct Matches;

impl Operation for Matches {
    const NAME: &'static str = "matches";

    const COVERS: &'static [&'static str] = &[
        "Match::object",
        "Match::from_signed",
        "Match::from_numbers",
        "Match::from_numbers_mut",
        "Match::number",
        "Match::is_object",
        "Match::is_background",
        "Match::is_ignored",
    ];

    type Input = Column<i64>;

    fn generate(source: &mut Source<'_>) -> Column<i64> {
        let rows = source.rows();
        source.column(rows, |source| numbers::key(source, 5).wrapping_sub(2))
    }

    fn core<S: Simd>(_: S, input: &Column<i64>, out: &mut impl Sink) {
        let mut numbers = table::each(input, |&key| bits(key));
        out.answer("signed", "Match::from_signed");
        numbers.iter().for_each(|&number| said(Match::from_signed(number.cast_signed()), out));
        out.answer("numbers", "Match::from_numbers");
        Match::from_numbers(&numbers).iter().for_each(|&matched| said(matched, out));
        for matched in Match::from_numbers_mut(&mut numbers) {
            *matched = matched.number().map_or(*matched, |number| Match::object(number ^ 1));
        }
        out.add(&numbers.as_slice());
    }

    #[cfg(feature = "std")]
    fn std(_: &Column<i64>, _: &mut impl Sink) {} // the same type

    #[cfg(feature = "std")]
    fn oracle(input: &Column<i64>, out: &mut impl Sink) {
        const BACKGROUND: u32 = 0xFFFF_FFFE;
        const IGNORED: u32 = 0xFFFF_FFFF;
        let say = |number: u32, out: &mut _| {
            let is_object = number != BACKGROUND && number != IGNORED;
            let shown = if is_object { u64::from(number) } else { u64::MAX - u64::from(number == IGNORED) };
            (shown, is_object.then_some(number)).add_to(out);
            (is_object, number == BACKGROUND, number == IGNORED).add_to(out);
        };
        out.answer("signed", "by hand");
        for &key in input {
            say(
                match bits(key).cast_signed() {
                    index @ 0.. => index.cast_unsigned(),
                    -1 => BACKGROUND,
                    _ => IGNORED,
                },
                out,
            );
        }
        out.answer("numbers", "by hand");
        input.iter().for_each(|&key| say(bits(key), out));
        let turned = |&key: &i64| if bits(key) < BACKGROUND { bits(key) ^ 1 } else { bits(key) };
        out.add(&input.iter().map(turned).collect::<Vec<_>>());
    }
}

/// The low bits of a key.
#[expect(clippy::cast_possible_truncation, reason = "only the low bits are meant")]
fn bits(key: i64) -> u32 {
    key as u32
}

/// All that a match says.
fn said(matched: Match, out: &mut impl Sink) {
    (matched, matched.number()).add_to(out);
    (matched.is_object(), matched.is_background(), matched.is_ignored()).add_to(out);
}
