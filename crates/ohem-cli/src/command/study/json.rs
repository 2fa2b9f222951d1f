//! Results for programs.

use ohem_study::{Data, Run};
use serde_json::{Map, Value, json};

use crate::command::output::json::escaped;

/// Writes an object for each run and epoch.
pub(crate) fn write(data: &Data, runs: &[Run]) -> Vec<u8> {
    let (names, mut objects) = (distinct(data.classes()), Vec::new());
    for run in runs {
        for epoch in &run.epochs {
            let of_classes = names.iter().cloned().zip(&epoch.ap);
            let ap: Map<String, Value> = of_classes.map(|(name, ap)| (name, json!(ap))).collect();
            objects.push(json!({
                "sampler": run.sampler.name(),
                "seed": run.seed,
                "epoch": epoch.epoch,
                "loss": epoch.loss,
                "map": epoch.map,
                "ap": ap,
                "forwarded": epoch.forwarded,
                "back_propagated": epoch.back_propagated,
                "seconds": epoch.seconds,
                "selecting_seconds": epoch.selecting_seconds,
                "back_propagated_per_second": epoch.rate(),
                "selecting_share": epoch.selecting_share(),
            }));
        }
    }
    let text = serde_json::to_string_pretty(&objects).expect("every value has a JSON form");
    escaped(&(text + "\n")).into_bytes()
}

/// The names of the classes as keys: a name that several classes have is followed by the label, `cell (label 2)`.
fn distinct(names: &[String]) -> Vec<String> {
    let mut keys: Vec<String> = Vec::with_capacity(names.len());
    for (label, name) in (1..).zip(names) {
        let is_single = names.iter().filter(|&other| other == name).count() == 1;
        let mut key = if is_single { name.clone() } else { format!("{name} (label {label})") };
        // Another class may be called so.
        while keys.contains(&key) || !is_single && names.contains(&key) {
            key.push('\'');
        }
        keys.push(key);
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_a_key() {
        let keys = |names: &[&str]| distinct(&names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>());
        assert_eq!(keys(&["cell", "cell", "red"]), ["cell (label 1)", "cell (label 2)", "red"]);
        let odd = keys(&["a", "a (label 1)", "a", "a (label 3)"]);
        assert_eq!(odd, ["a (label 1)'", "a (label 1)", "a (label 3)'", "a (label 3)"]);
        let many = keys(&["x"; 255]);
        assert!((1..many.len()).all(|at| !many[..at].contains(&many[at])));
    }
}
