//! Links the image without a standard library: whatever would need one is a link error.

fn main() {
    // A linker that is not called through a C compiler adds no library.
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "none") {
        return;
    }
    for argument in ["-nostdlib", "-nostartfiles", "-static", "-no-pie"] {
        println!("cargo:rustc-link-arg-bins={argument}");
    }
}
