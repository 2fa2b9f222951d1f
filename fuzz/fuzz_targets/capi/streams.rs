//! A stream keeps the hardest of what the oracle ranks, however its losses are cut into parts.

use core::marker::PhantomData;
use core::slice;

use ohem_capi::Status;
use ohem_capi::merge::Ranked;
use ohem_capi::top_k_stream::TopKStream;
use ohem_testkit::adapters::{Oracle, Rank as _};

use crate::Case;
use crate::abi::{Abi, Stream};
use crate::lend::{Call, NOBODY, UNTOUCHED};

/// An unknown choice.
const UNKNOWN: u32 = 9;

pub(crate) fn check<F: Abi>(case: &Case) {
    let (losses, k) = (case.table.losses::<F>(), case.config.batch_size);
    let Stream { init, extend, hardest } = F::STREAM;
    let each = size_of::<ohem_core::Ranked<F>>() / size_of::<u64>();
    let mut memory = vec![u64::MAX; (k + 1 + case.spare) * each + each - 1].into_boxed_slice();
    let mut stream = Box::new(TopKStream { state: [0; 14], losses: PhantomData });
    let is_broken = case.broken_value().is_some();
    let nan = if is_broken { UNKNOWN } else { F::CONFIG(case.config).nan };

    let (words, mut call) = (memory.len(), Call::new(case.fault));
    let to = call.lend_mut(slice::from_mut(&mut *stream), Status::PointerStream);
    let at = call.lend_mut(&mut memory, Status::PointerMemory);
    // SAFETY: the pointers are to a stream and its memory, or they are refused.
    let status = unsafe { init(to, at, words, k, nan, call.offender()) };
    let mut is_made = false;
    call.check(status, || {
        is_made = !is_broken;
        if is_broken { Err((Status::Choice, NOBODY)) } else { Ok(()) }
    });

    let want = Oracle::top_k(&losses, k, case.config.nan);
    for part in losses.chunks(case.few + 1) {
        let mut call = Call::new(None);
        // SAFETY: the stream was made, or is all 0.
        let status = unsafe { extend(&mut *stream, part.as_ptr(), part.len(), call.offender()) };
        match (is_made, &want) {
            (false, _) => return call.check(status, || Err((Status::PointerStream, NOBODY))),
            // The NaN is in this part or in a later one.
            (true, &Err(nan)) if status != Status::Ok => {
                return call.check(status, || Err((Status::NanLoss, nan)));
            }
            (true, _) => call.check(status, || Ok(())),
        }
    }
    let Ok(want) = want else { return assert!(!is_made) };
    let mut found = vec![Ranked { loss: F::zero(), index: u32::MAX }; k].into_boxed_slice();
    let (mut count, mut call) = (UNTOUCHED, Call::new(case.fault));
    let from = call.lend_mut(slice::from_mut(&mut *stream), Status::PointerStream);
    let out = call.lend_mut(&mut found, Status::PointerOut);
    let counted = call.lend_mut(slice::from_mut(&mut count), Status::PointerOut);
    // SAFETY: the arrays have the lengths passed, or the pointer is refused.
    let status = unsafe { hardest(from, out, k, counted, call.offender()) };
    let mut is_sound = false;
    call.check(status, || {
        is_sound = is_made;
        if is_made { Ok(()) } else { Err((Status::PointerStream, NOBODY)) }
    });
    if is_sound {
        let indices: Vec<_> = found[..count].iter().map(|ranked| ranked.index as usize).collect();
        assert_eq!(indices, want);
    }
}
