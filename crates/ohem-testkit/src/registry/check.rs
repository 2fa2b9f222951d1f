//! Whether core and std agree with the oracle.

use core::fmt;
use std::collections::BTreeMap;

use ohem_core::kernel::{Portable, Scalar, Simd};
use ohem_std::simd::{Tier, Work, run};

use super::{Agreement, Operation, Sink};

/// A word of an answer.
#[derive(Clone, Copy, Debug)]
enum Word {
    Whole(u64),
    Single(f32),
    Double(f64),
}

/// The same bits, or both NaN.
impl PartialEq for Word {
    fn eq(&self, other: &Self) -> bool {
        match (*self, *other) {
            (Self::Whole(a), Self::Whole(b)) => a == b,
            (Self::Single(a), Self::Single(b)) => a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan(),
            (Self::Double(a), Self::Double(b)) => a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan(),
            _ => false,
        }
    }
}

/// Floats as they are, whole words in hexadecimal if they are large.
impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Whole(word) if word >= 1 << 32 => write!(f, "{word:#x}"),
            Self::Whole(word) => write!(f, "{word}"),
            Self::Single(value) => write!(f, "{value:e}"),
            Self::Double(value) => write!(f, "{value:e}"),
        }
    }
}

/// An answer, and in which way it was found.
struct Answer {
    case: &'static str,
    way: String,
    words: Vec<Word>,
}

/// Keeps answers.
struct Record {
    token: String,
    answers: Vec<Answer>,
}

impl Record {
    fn new(token: impl ToString) -> Self {
        Self { token: token.to_string(), answers: Vec::new() }
    }

    fn push(&mut self, word: Word) {
        self.answers.last_mut().expect("a word belongs to an answer").words.push(word);
    }
}

impl Sink for Record {
    fn answer(&mut self, case: &'static str, way: &'static str) {
        self.answers.push(Answer { case, way: format!("{way}, {}", self.token), words: Vec::new() });
    }

    fn word(&mut self, word: u64) {
        self.push(Word::Whole(word));
    }

    fn single(&mut self, value: f32) {
        self.push(Word::Single(value));
    }

    fn double(&mut self, value: f64) {
        self.push(Word::Double(value));
    }
}

/// Runs an operation of core with the token that it is given.
struct OnToken<'a, O: Operation>(&'a O::Input, Record);

impl<O: Operation> Work for OnToken<'_, O> {
    type Output = Vec<Answer>;

    fn on<S: Simd>(mut self, simd: S) -> Vec<Answer> {
        O::core(simd, self.0, &mut self.1);
        self.1.answers
    }
}

/// Checks that core gives the same answers with every token, and std on every tier, and that they are the oracle's.
///
/// # Panics
///
/// If they are not; the message names the ways, the first word that differs, and the input.
pub fn agree<O: Operation>(input: &O::Input) {
    let work = |token: &str| OnToken::<O>(input, Record::new(token));
    let mut answers = work("portable").on(Portable);
    answers.extend(work("scalar").on(Scalar));
    for tier in Tier::available() {
        answers.extend(tier.scope(|| run(work(tier.name()))));
        let mut record = Record::new(tier);
        tier.scope(|| O::std(input, &mut record));
        answers.extend(record.answers);
    }
    let mut oracle = Record::new("oracle");
    O::oracle(input, &mut oracle);
    let mut first = BTreeMap::<_, &Answer>::new();
    for answer in &answers {
        let reference = *first.entry(answer.case).or_insert(answer);
        compare::<O>(answer, reference, Agreement::Exact, input);
    }
    let cases: Vec<_> = oracle.answers.iter().map(|answer| answer.case).collect();
    assert!(
        cases.iter().all(|case| first.contains_key(case)),
        "{}: no answer of a case of {cases:?}",
        O::NAME
    );
    assert_eq!(cases.len(), first.len(), "{}: the oracle answers other cases than core", O::NAME);
    for answer in &oracle.answers {
        compare::<O>(first[answer.case], answer, O::ORACLE, input);
    }
}

#[track_caller]
fn compare<O: Operation>(got: &Answer, want: &Answer, agreement: Agreement, input: &O::Input) {
    let differ = got.words.iter().zip(&want.words).position(|(got, want)| !agreement.holds(*got, *want));
    let Some(nth) =
        differ.or((got.words.len() != want.words.len()).then_some(got.words.len().min(want.words.len())))
    else {
        return;
    };
    let shown = |answer: &Answer| {
        let words = answer.words.iter().skip(nth.saturating_sub(4)).take(12);
        words.map(Word::to_string).collect::<Vec<_>>().join(" ")
    };
    panic!(
        "{} of {}: word {nth} differs; from word {} on\n  {}: {}\n  {}: {}\n{input:?}",
        got.case,
        O::NAME,
        nth.saturating_sub(4),
        got.way,
        shown(got),
        want.way,
        shown(want)
    );
}

impl Agreement {
    /// Whether a word is the expected word.
    fn holds(self, got: Word, want: Word) -> bool {
        let (ulps, least) = match self {
            Self::Exact => return got == want,
            Self::Relative { ulps } => (ulps, 0.0),
            Self::Absolute { ulps } => (ulps, 1.0),
        };
        match (got, want) {
            (Word::Single(got), Word::Single(want)) => near(
                got.into(),
                want.into(),
                ulps * f64::from(f32::EPSILON),
                least,
                f32::from_bits(24).into(),
            ),
            (Word::Double(got), Word::Double(want)) => {
                near(got, want, ulps * f64::EPSILON, least, f64::from_bits(24))
            }
            _ => got == want,
        }
    }
}

/// Whether a float is near, relative to the value or to `least`. Each of up to 40 terms may be off by half of the
/// smallest number, which is `subnormal` in all.
fn near(got: f64, want: f64, tolerance: f64, least: f64, subnormal: f64) -> bool {
    got == want
        || got.is_nan() && want.is_nan()
        || (got - want).abs() <= tolerance * want.abs().max(least) + subnormal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_agree_as_closely_as_is_said() {
        let (one, above) = (Word::Single(1.0), Word::Single(1.0 + 2.0 * f32::EPSILON));
        assert!(!Agreement::Exact.holds(one, above));
        assert!(Agreement::Relative { ulps: 2.0 }.holds(one, above));
        assert!(!Agreement::Relative { ulps: 1.0 }.holds(one, above));
        assert!(!Agreement::Relative { ulps: 1.0 }.holds(Word::Double(1e-20), Word::Double(1e-19)));
        assert!(Agreement::Absolute { ulps: 1.0 }.holds(Word::Double(1e-20), Word::Double(1e-19)));
        assert!(Agreement::Exact.holds(Word::Double(f64::NAN), Word::Double(-f64::NAN)));
        assert!(!Agreement::Exact.holds(Word::Double(0.0), Word::Double(-0.0)));
        assert!(!Agreement::Absolute { ulps: 1e9 }.holds(Word::Whole(1), Word::Whole(2)));
        assert!(!Agreement::Absolute { ulps: 1e9 }.holds(Word::Double(f64::INFINITY), Word::Double(1e300)));
    }
}
