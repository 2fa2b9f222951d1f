//! The answers of a case under each suppression rule; some are written as "same as" another answer.

use serde::Deserialize;

use crate::support::rule::Rule;

/// An answer, or the name of an equal answer: `"same_as_nms_ge"`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum OrSame<T> {
    Same(String),
    Own(T),
}

/// Finds the answer called `name`, which may refer to another answer.
pub(crate) fn resolve<'a, T>(name: &str, all: &[(&str, &'a OrSame<T>)]) -> Result<&'a T, String> {
    let mut wanted = name;
    for _ in 0..=all.len() {
        match all.iter().find(|(other, _)| *other == wanted) {
            Some((_, OrSame::Own(answer))) => return Ok(answer),
            Some((_, OrSame::Same(other))) => wanted = other.strip_prefix("same_as_").unwrap_or(other),
            None => break,
        }
    }
    Err(format!("no answer is called {wanted}, which {name} is said to be"))
}

/// Pairs each given answer with its name, and resolves references to other answers.
pub(crate) fn resolved<'a, T, const N: usize>(
    fields: [(&'static str, &'a Option<OrSame<T>>); N],
) -> Result<Vec<(&'static str, &'a T)>, String> {
    let all: Vec<_> = fields.iter().filter_map(|(name, answer)| Some((*name, answer.as_ref()?))).collect();
    if all.is_empty() {
        return Err("the case expects nothing".into());
    }
    all.iter().map(|(name, _)| Ok((*name, resolve(name, &all)?))).collect()
}

/// What the original found under one rule.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Answer {
    /// All survivors by image, then label, then hardest first.
    pub(crate) kept: Option<Vec<usize>>,
    /// The minibatch, hardest first.
    pub(crate) hard: Option<Vec<usize>>,
}

/// What the original found under each rule.
#[derive(Debug, Deserialize)]
pub(crate) struct Answers {
    nms_ge: Option<OrSame<Answer>>,
    nms_gt: Option<OrSame<Answer>>,
    no_nms: Option<OrSame<Answer>>,
}

impl Answers {
    /// The rules that have an answer, and the answers.
    pub(crate) fn by_rule(&self) -> Result<Vec<(Rule, &Answer)>, String> {
        let fields =
            [(Rule::AtOrAbove, &self.nms_ge), (Rule::Above, &self.nms_gt), (Rule::WithoutNms, &self.no_nms)];
        let answers = resolved(fields.map(|(rule, answer)| (rule.name(), answer)))?;
        Ok(answers.into_iter().filter_map(|(name, answer)| Some((Rule::called(name)?, answer))).collect())
    }
}
