//! `ohem mine` as people and programs run it.

mod formats;
mod naive;
mod pictures;
mod refusals;
mod run;
mod scale;
mod tables;
