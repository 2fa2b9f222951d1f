//! Names of classes that a file has as numbers.

use std::collections::HashMap;

use crate::command::failure::Failure;
use crate::table::whole_number;

/// The name of each number, as `--classes` gives them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ClassNames(HashMap<u64, String>);

impl ClassNames {
    /// Reads names: `NAME,...`, counted from `first`, or `NUMBER=NAME,...`.
    ///
    /// A list that begins with a name of background counts from 0.
    ///
    /// # Errors
    ///
    /// If some names have a number and others have none, or a number has two names.
    pub(crate) fn new(given: &[String], first: u64) -> Result<Self, Failure> {
        let numbered = |text: &str| {
            let (number, name) = text.split_once('=')?;
            Some((whole_number(number)?, name.to_owned()))
        };
        let by_number: Vec<_> = given.iter().filter_map(|text| numbered(text)).collect();
        let names = match by_number.len() {
            0 => {
                let is_background = |name: &String| !crate::table::is_foreground(name);
                let first = if given.first().is_some_and(is_background) { 0 } else { first };
                (first..).zip(given.iter().cloned()).collect()
            }
            count if count == given.len() => by_number,
            _ => {
                return Err(Failure::input("--classes", "expected NAME,... or NUMBER=NAME,..., found both"));
            }
        };
        let mut of = HashMap::new();
        for (number, name) in names {
            if let Some(other) = of.insert(number, name) {
                let why = format!("number {number} has two names, one is {other}");
                return Err(Failure::input("--classes", why));
            }
        }
        Ok(Self(of))
    }

    /// The name of a label, or `None` if the label is a name itself, or if no names were given.
    ///
    /// # Errors
    ///
    /// If names were given but this number has none: the names may count from another number.
    pub(crate) fn of(&self, label: &str) -> Result<Option<&str>, Failure> {
        let Some(number) = whole_number(label).filter(|_| !self.0.is_empty()) else { return Ok(None) };
        let found = self.0.get(&number).map(|name| Some(name.as_str()));
        found.ok_or_else(|| {
            let (first, last) = (self.0.keys().min().copied(), self.0.keys().max().copied());
            let (first, last) = (first.unwrap_or_default(), last.unwrap_or_default());
            let why = format!(
                "label {number} has no name, only {first} to {last}; NUMBER=NAME,... names any numbers"
            );
            Failure::input("--classes", why)
        })
    }

    /// Whether no names were given.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Numbers and names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, &str)> {
        self.0.iter().map(|(&number, name)| (number, name.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str, first: u64) -> Result<ClassNames, Failure> {
        ClassNames::new(&text.split(',').map(str::to_owned).collect::<Vec<_>>(), first)
    }

    fn name(names: &ClassNames, label: &str) -> Option<String> {
        names.of(label).unwrap().map(str::to_owned)
    }

    #[test]
    fn names_count_from_a_number_or_have_one() {
        let counted = names("cat,dog", 1).unwrap();
        assert_eq!(
            ["1", "2.0", "cat"].map(|label| name(&counted, label)),
            [Some("cat".into()), Some("dog".into()), None]
        );
        assert_eq!(name(&names("__background__,cat", 1).unwrap(), "1"), Some("cat".into()));
        let given = names("7=a=b,0=c", 1).unwrap();
        assert_eq!(["7", "0"].map(|label| name(&given, label)), [Some("a=b".into()), Some("c".into())]);
        assert_eq!(name(&ClassNames::default(), "5"), None);
        // A name may contain an equals sign.
        assert_eq!(name(&names("a=b,c", 0).unwrap(), "0"), Some("a=b".into()));
    }

    #[test]
    fn what_has_no_name_is_named() {
        let refused = |names: Result<ClassNames, Failure>| match names.unwrap_err() {
            Failure::Input(line) => line,
            other => panic!("{other:?}"),
        };
        let line = refused(names("cat,dog", 1).unwrap().of("0").map(|_| ClassNames::default()));
        assert_eq!(line, "--classes: label 0 has no name, only 1 to 2; NUMBER=NAME,... names any numbers");
        assert!(refused(names("1=cat,dog", 1)).ends_with("found both"));
        assert!(refused(names("1=cat,1=dog", 1)).ends_with("number 1 has two names, one is cat"));
    }
}
