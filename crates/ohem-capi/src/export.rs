//! How functions get their C names.

/// Exports functions of the module above as `ohem_...`, with a suffix that names their types.
///
/// Each gets a last argument, the offender, and returns the status of the function's result.
macro_rules! export {
    ($suffix:expr; $($(#[$doc:meta])* fn $name:ident($($argument:ident: $type:ty),* $(,)?);)*) => {$(
        $(#[$doc])*
        #[must_use]
        #[unsafe(export_name = concat!("ohem_", stringify!($name), $suffix))]
        pub unsafe extern "C" fn $name($($argument: $type,)* offender: *mut usize) -> $crate::Status {
            // SAFETY: the caller keeps the promises at the top of ohem.h.
            unsafe { $crate::status::report(offender, super::$name($($argument),*)) }
        }
    )*};
}

pub(crate) use export;
