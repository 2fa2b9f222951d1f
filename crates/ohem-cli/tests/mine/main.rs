//! `ohem mine` as humans and programs run it.

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
