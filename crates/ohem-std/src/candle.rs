//! Tensors of [candle](https://docs.rs/candle-core) on the CPU in, without copies (feature `candle`).
//!
//! A [`TensorView`] borrows the storage of a tensor. [`TensorView::values`] is a contiguous tensor as the
//! slice that every function of this crate takes; [`TensorView::boxes`] and [`TensorView::keys`] also take
//! columns of a wider table, and [`Rois`](crate::Rois) takes those.
//!
//! ```
//! use candle_core::{Device, Tensor};
//! use ohem_std::candle::TensorView;
//! use ohem_std::{MineConfig, Miner, Rois};
//!
//! // The image, then the box, as the original has it.
//! let rows = [[0.0_f32, 0.0, 0.0, 9.0, 9.0], [0.0, 0.0, 0.0, 9.0, 8.0], [1.0, 50.0, 50.0, 59.0, 59.0]];
//! let table = Tensor::new(&rows, &Device::Cpu)?;
//! let (labels, losses) =
//!     (Tensor::new(&[1_i64, 1, 0], &Device::Cpu)?, Tensor::new(&[0.5_f32, 2.0, 1.0], &Device::Cpu)?);
//!
//! let (boxes, images) = (table.narrow(1, 1, 4)?, table.narrow(1, 0, 1)?.squeeze(1)?);
//! let (boxes, images) = (TensorView::<f32>::new(&boxes)?, TensorView::<f32>::new(&images)?);
//! let (labels, losses) = (TensorView::<i64>::new(&labels)?, TensorView::<f32>::new(&losses)?);
//! let rois = Rois::from_boxes(boxes.boxes()?)?.with_images(images.keys()?)?.with_labels(labels.keys()?)?;
//!
//! let mut miner = Miner::new(MineConfig::fast_rcnn().batch_size(2))?;
//! let hard = miner.mine(&rois, losses.values()?)?;
//! assert_eq!(hard.indices(), [1, 2]); // RoI 0 overlaps the harder RoI 1
//! let rows = Tensor::from_slice(hard.indices(), hard.len(), &Device::Cpu)?; // for `index_select`
//! assert_eq!(rows.dims(), [2]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Copy a tensor on another device to the CPU first (`to_device`). Indices that a selection owns become a
//! tensor without a copy: `Tensor::from_vec(hard.into_indices(), len, &Device::Cpu)`.
//!
//! # Stability and cost
//!
//! Types of `candle-core` 0.11 appear in signatures here, and only here: a new version of it is a breaking
//! change of this module. The feature adds about 120 crates, which take 70 seconds of CPU time to compile.

use core::fmt;
use core::marker::PhantomData;

use candle_core::{Error, Layout, Result, Storage, StorageRef, Tensor, WithDType};
use ohem_core::{BoxRows, Float, Key, KeyColumn};

/// Elements of a tensor on the CPU, in its own storage.
///
/// While it lives, it holds a lock for reading: to write to the same variable (`Var::set`) waits for its end,
/// and a thread that does both waits forever. So drop it before the optimizer's step.
pub struct TensorView<'t, T> {
    storage: StorageRef<'t>,
    layout: &'t Layout,
    element: PhantomData<T>,
}

impl<'t, T: WithDType> TensorView<'t, T> {
    /// Borrows the elements of a tensor.
    ///
    /// # Errors
    ///
    /// If the tensor is on another device than the CPU, or its elements have another type.
    ///
    /// # Examples
    ///
    /// ```
    /// use candle_core::{Device, Tensor};
    /// use ohem_std::candle::TensorView;
    ///
    /// let labels = Tensor::new(&[0_u32, 3], &Device::Cpu)?;
    /// assert_eq!(TensorView::<u32>::new(&labels)?.values()?, [0, 3]);
    /// let error = TensorView::<i64>::new(&labels).unwrap_err().to_string();
    /// assert!(error.contains("expected: I64, got: U32"), "{error}");
    /// # Ok::<(), candle_core::Error>(())
    /// ```
    pub fn new(tensor: &'t Tensor) -> Result<Self> {
        let (storage, layout) = tensor.storage_and_layout();
        elements::<T>(&storage)?;
        Ok(Self { storage, layout, element: PhantomData })
    }

    /// The elements of a contiguous tensor, row by row: losses, scores, or a table of logits.
    ///
    /// # Errors
    ///
    /// If the tensor is not contiguous. Its method `contiguous` copies it then.
    ///
    /// # Examples
    ///
    /// ```
    /// use candle_core::{Device, Tensor};
    /// use ohem_std::candle::TensorView;
    ///
    /// let table = Tensor::new(&[[1.0_f64, 2.0], [3.0, 4.0]], &Device::Cpu)?;
    /// assert_eq!(TensorView::<f64>::new(&table)?.values()?, [1.0, 2.0, 3.0, 4.0]);
    /// assert!(TensorView::<f64>::new(&table.t()?)?.values().is_err());
    /// # Ok::<(), candle_core::Error>(())
    /// ```
    pub fn values(&self) -> Result<&[T]> {
        let view = self.layout.contiguous_offsets().and_then(|(start, end)| self.all().ok()?.get(start..end));
        view.ok_or_else(|| self.refused("a contiguous tensor"))
    }

    /// The boxes of an `n x 4` tensor whose rows are contiguous: a whole table, or four columns of a wider
    /// one.
    ///
    /// # Errors
    ///
    /// If the tensor has another shape, or is transposed or broadcast. Its method `contiguous` copies it
    /// then.
    ///
    /// # Examples
    ///
    /// ```
    /// use candle_core::{Device, Tensor};
    /// use ohem_std::candle::TensorView;
    ///
    /// let table = Tensor::new(&[[7.0_f32, 0.0, 0.0, 9.0, 9.0]], &Device::Cpu)?;
    /// let boxes = table.narrow(1, 1, 4)?;
    /// assert!(ohem_std::Rois::from_boxes(TensorView::<f32>::new(&boxes)?.boxes()?).is_ok());
    /// # Ok::<(), candle_core::Error>(())
    /// ```
    pub fn boxes(&self) -> Result<BoxRows<'_, T>>
    where
        T: Float,
    {
        let rows = match (self.layout.dims(), self.layout.stride()) {
            (&[len, 4], &[stride, 1]) => self.rows(len, stride, 4),
            _ => None,
        };
        rows.and_then(|(values, stride, first)| BoxRows::new(values, stride, first).ok())
            .ok_or_else(|| self.refused("an n x 4 tensor with contiguous rows"))
    }

    /// The labels or images of a tensor of one dimension: a whole tensor, or a column of a table.
    ///
    /// # Errors
    ///
    /// If the tensor has more dimensions, or is broadcast. Its method `contiguous` copies it then.
    ///
    /// # Examples
    ///
    /// ```
    /// use candle_core::{Device, Tensor};
    /// use ohem_std::candle::TensorView;
    /// use ohem_std::{BBox, Rois};
    ///
    /// let table = Tensor::new(&[[7_i64, 0], [8, 1]], &Device::Cpu)?;
    /// let labels = table.narrow(1, 1, 1)?.squeeze(1)?;
    /// let boxes = [BBox::new(0.0, 0.0, 9.0, 9.0); 2];
    /// assert!(Rois::one_group(&boxes)?.with_labels(TensorView::<i64>::new(&labels)?.keys()?).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn keys(&self) -> Result<KeyColumn<'_, T>>
    where
        T: Key,
    {
        let rows = match (self.layout.dims(), self.layout.stride()) {
            (&[len], &[stride]) => self.rows(len, stride, 1),
            _ => None,
        };
        rows.and_then(|(values, stride, column)| KeyColumn::new(values, stride, column).ok())
            .ok_or_else(|| self.refused("a tensor of one dimension"))
    }

    /// The table whose rows contain this tensor: its values, their number in a row, and the first column.
    ///
    /// `None` if the storage does not contain whole rows.
    fn rows(&self, len: usize, stride: usize, width: usize) -> Option<(&[T], usize, usize)> {
        let start = self.layout.start_offset();
        // The stride of a single row means nothing, and candle may have set it to 0.
        let stride = if len <= 1 { width } else { stride };
        // The last columns, if the storage begins early enough: then its end does not matter.
        let first = stride.checked_sub(width)?.min(start);
        let begin = start - first;
        let end = begin.checked_add(len.checked_mul(stride)?)?;
        Some((self.all().ok()?.get(begin..end)?, stride, first))
    }

    /// All elements of the storage, of which the tensor may be a part.
    fn all(&self) -> Result<&[T]> {
        elements(&self.storage)
    }

    #[cold]
    fn refused(&self, expected: &str) -> Error {
        let (shape, strides) = (self.layout.dims(), self.layout.stride());
        Error::Msg(format!(
            "expected {expected}, found shape {shape:?} with strides {strides:?}: copy it with `contiguous`"
        ))
    }
}

/// The elements of a storage on the CPU.
fn elements<T: WithDType>(storage: &Storage) -> Result<&[T]> {
    match storage {
        Storage::Cpu(storage) => storage.as_slice(),
        _ => Err(Error::Msg(format!(
            "expected a tensor on the CPU, found one on {:?}: copy it with `to_device`",
            storage.device().location()
        ))),
    }
}

impl<T> fmt::Debug for TensorView<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TensorView").field("layout", self.layout).finish_non_exhaustive()
    }
}
