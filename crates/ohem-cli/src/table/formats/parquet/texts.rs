//! The cells of some rows as texts.

use core::ops::Range;
use std::collections::BTreeMap;

use super::column::Cells;
use crate::table::error::Problem;

/// The texts of some rows.
pub(super) struct Texts(BTreeMap<usize, String>);

impl Texts {
    pub(super) fn of(wanted: &[u32]) -> Self {
        Self(wanted.iter().map(|&row| (row as usize, String::new())).collect())
    }

    /// The texts in the order in which they were asked for.
    pub(super) fn finish(mut self, wanted: &[u32]) -> Vec<String> {
        wanted.iter().map(|&row| self.0.remove(&(row as usize)).unwrap_or_default()).collect()
    }

    fn set(&mut self, row: usize, text: impl FnOnce() -> String) -> Result<(), Problem> {
        if let Some(cell) = self.0.get_mut(&row) {
            *cell = text();
        }
        Ok(())
    }
}

impl Cells for Texts {
    fn whole(&mut self, row: usize, value: i64) -> Result<(), Problem> {
        self.set(row, || value.to_string())
    }

    fn number(&mut self, row: usize, value: f64) -> Result<(), Problem> {
        self.set(row, || value.to_string())
    }

    fn single(&mut self, row: usize, value: f32) -> Result<(), Problem> {
        self.set(row, || value.to_string())
    }

    fn text(&mut self, row: usize, value: &str) -> Result<(), Problem> {
        self.set(row, || value.to_owned())
    }

    fn needed(&self, row: usize) -> Option<Range<usize>> {
        let (&next, _) = self.0.range(row..).next()?;
        Some(next..next + 1)
    }

    fn empty(&mut self, _: usize) -> Result<(), Problem> {
        Ok(())
    }
}
