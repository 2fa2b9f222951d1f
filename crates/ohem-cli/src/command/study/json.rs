//! Results for programs.

use ohem_study::{Data, Run};
use serde_json::{Map, Value, json};

/// Writes an object for each run and epoch.
pub(crate) fn write(data: &Data, runs: &[Run]) -> Vec<u8> {
    let mut objects = Vec::new();
    for run in runs {
        for epoch in &run.epochs {
            let of_classes = data.classes().iter().cloned().zip(&epoch.ap);
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
    let mut text = serde_json::to_vec_pretty(&objects).expect("every value has a JSON form");
    text.push(b'\n');
    text
}
