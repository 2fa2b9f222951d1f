//! Memory that may not be there: on a machine of 32 bits, a table soon has more values than can be addressed.
//!
//! Without memory, the slice is empty. So core refuses it as an output of the wrong length, after any other fault, and no
//! function needs another error.

use bytemuck::Zeroable;

/// This many zeros, which the system has ready; none if there is no memory for them.
pub(crate) fn zeros<T: Zeroable>(len: usize) -> Vec<T> {
    bytemuck::try_zeroed_vec(len).unwrap_or_default()
}

/// The same value this many times; not once if there is no memory for them.
pub(crate) fn filled<T: Copy>(value: T, len: usize) -> Vec<T> {
    let mut memory = Vec::new();
    if memory.try_reserve_exact(len).is_ok() {
        memory.resize(len, value);
    }
    memory
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_filled_or_empty() {
        assert_eq!((zeros::<u16>(3), filled(7_u16, 3)), (vec![0; 3], vec![7; 3]));
        for len in [usize::MAX, usize::MAX / 2, usize::MAX / 8 + 1] {
            assert!(zeros::<f64>(len).is_empty() && filled(1.0_f64, len).is_empty());
        }
    }
}
