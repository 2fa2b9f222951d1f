//! Nothing: the package has a test alone.
