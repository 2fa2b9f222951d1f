//! Boxes, matches, floats and lanes by themselves.

mod floats;
mod lanes;
mod matches;
mod shapes;

pub use floats::Floats;
pub use lanes::Vectors;
pub use matches::Matches;
pub use shapes::Shapes;
