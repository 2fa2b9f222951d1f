//! `ohem mine` as people and programs run it.

mod extremes;
mod formats;
mod naive;
mod pictures;
mod probabilities;
mod refusals;
mod rule_refusals;
mod rules;
mod run;
mod scale;
mod tables;
