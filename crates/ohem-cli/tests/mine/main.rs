//! `ohem mine` as humans and programs run it.

mod class_names;
mod extremes;
mod file_formats;
mod formats;
mod naive;
mod nasty;
mod photos;
mod pictures;
mod probabilities;
mod refusals;
mod results;
mod rule_refusals;
mod rules;
mod run;
mod scale;
mod silent;
mod tables;
