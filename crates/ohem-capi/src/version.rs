//! The version of the interface, for `#if`, and of the library that was linked.

use core::ffi::c_char;

/// The version of this header: its major number.
pub const OHEM_VERSION_MAJOR: u32 = 0;
/// The version of this header: its minor number.
pub const OHEM_VERSION_MINOR: u32 = 1;
/// The version of this header: its patch number.
pub const OHEM_VERSION_PATCH: u32 = 0;

/// The version of this header as one number that grows: 10203 is 1.2.3.
pub const OHEM_VERSION_NUMBER: u32 =
    OHEM_VERSION_MAJOR * 10000 + OHEM_VERSION_MINOR * 100 + OHEM_VERSION_PATCH;

/// Returns the version of the library, in ASCII.
#[unsafe(export_name = "ohem_version")]
pub extern "C" fn version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// Returns the version of the library as one number, to be compared with `OHEM_VERSION_NUMBER` of the header.
#[unsafe(export_name = "ohem_version_number")]
pub extern "C" fn version_number() -> u32 {
    OHEM_VERSION_NUMBER
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_package() {
        let numbers = std::format!("{OHEM_VERSION_MAJOR}.{OHEM_VERSION_MINOR}.{OHEM_VERSION_PATCH}");
        assert_eq!(numbers, env!("CARGO_PKG_VERSION"));
        assert_eq!(version_number(), 100);
        const { assert!(OHEM_VERSION_MINOR < 100 && OHEM_VERSION_PATCH < 100) }
    }
}
