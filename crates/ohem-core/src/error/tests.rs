extern crate std;
use super::*;
use std::string::ToString;

#[test]
fn an_error_says_what_was_expected_what_was_found_and_where() {
    let none = OutOfRange { what: "index", position: 0, value: 2, limit: 0 };
    assert_eq!(none.to_string(), "index 2 at position 0: expected none");
    let setting = ConfigError::check_threshold("iou_threshold", f64::NAN).unwrap_err();
    assert_eq!(setting.to_string(), "`iou_threshold` must be a number, not NaN");
    let row = ConfigError::Row { name: "means", row: 3, expected: "finite" };
    assert_eq!(row.to_string(), "row 3 of `means` must be finite");
    let capacity = ConfigError::check_capacity("selected RoIs", 65, 64).unwrap_err();
    assert_eq!(capacity.to_string(), "65 selected RoIs exceed the capacity of 64");
    assert_eq!(ConfigError::check_capacity("selected RoIs", 64, 64), Ok(()));
}

#[test]
fn a_fault_is_the_source_of_the_error_it_causes() {
    let length = LengthMismatch::check("losses", 2, 3).unwrap_err();
    let faults: [InputError; 4] = [
        length.into(),
        OutOfRange { what: "label", position: 1, value: -1, limit: 2 }.into(),
        InvalidBox { what: "region", index: 1 }.into(),
        ConfigError::Setting { name: "beta", expected: "at least 0" }.into(),
    ];
    for fault in faults {
        let error = MineError::from(fault);
        assert_eq!(error.to_string(), fault.to_string());
        assert_eq!(error.source().unwrap().to_string(), fault.source().unwrap().to_string());
    }
}
