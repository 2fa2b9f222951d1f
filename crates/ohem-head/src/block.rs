//! The number of RoIs computed at a time.

/// Maximum number of RoIs computed at a time. As many have their activations on the stack.
pub const BLOCK: usize = 8;
