//! Vecs that grow once, lent to core's mining.

use ohem_core::admit::COLUMNS;
use ohem_core::mine::Memory;
use ohem_core::rank::Window;
use ohem_core::{Float, Hardness, Ranked};

/// What mining needs, kept from step to step.
#[derive(Debug)]
pub(crate) struct Owned<F, H: Hardness> {
    window: Vec<Ranked<H>>,
    columns: Vec<F>,
    selected: Vec<u32>,
}

impl<F: Float, H: Hardness> Owned<F, H> {
    pub(crate) const fn new() -> Self {
        Self { window: Vec::new(), columns: Vec::new(), selected: Vec::new() }
    }

    /// Lends memory for the selection of `capacity` RoIs.
    pub(crate) fn lend(&mut self, capacity: usize) -> Memory<'_, F, Growing<'_, H>> {
        if self.columns.len() / COLUMNS < capacity {
            // Fresh zeros come from the system untouched: what is not used costs nothing.
            self.columns = vec![F::zero(); capacity.saturating_mul(COLUMNS)];
        }
        self.lend_without_nms(capacity)
    }

    /// Lends memory for the selection of `capacity` RoIs whose boxes do not matter.
    pub(crate) fn lend_without_nms(&mut self, capacity: usize) -> Memory<'_, F, Growing<'_, H>> {
        if self.selected.len() < capacity {
            self.selected = vec![0; capacity];
        }
        Memory { window: Growing(&mut self.window), columns: &mut self.columns, selected: &mut self.selected }
    }
}

/// A window that grows as it is asked to.
#[derive(Debug)]
pub(crate) struct Growing<'a, H: Hardness>(&'a mut Vec<Ranked<H>>);

impl<H: Hardness> Window<H> for Growing<'_, H> {
    #[inline]
    fn lend(&mut self, wanted: usize) -> &mut [Ranked<H>] {
        if self.0.len() < wanted {
            self.0.resize(wanted, Ranked::FILLER);
        }
        &mut self.0[..wanted]
    }
}
