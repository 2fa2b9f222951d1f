//! The `ohem` command as a library: [`table`] reads tables of RoIs, and [`main`] is the command.
//!
//! Without the default feature `command`, only the reader is built; fuzzing does that.

#![forbid(unsafe_code)]
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "a crate of the host")]

#[cfg(feature = "command")]
mod command;
pub mod table;

#[cfg(feature = "command")]
pub use command::main;
