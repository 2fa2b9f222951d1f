//! The hardest k of a stream of losses, which comes in parts.

use core::marker::PhantomData;

use ohem_core::RankKey;
use ohem_core::kernel::rank::TopKOver;

use crate::config::{NanPolicy, nan_policy};
use crate::export::export;
use crate::lend::{Lent, candidates, keep, one_mut, slice, slice_mut, with_kept};
use crate::merge::Ranked;
use crate::status::{Refusal, Status};

/// Keeps the hardest k of a stream of losses, which are numbered as they come.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct TopKStream<H> {
    /// private
    pub state: [u64; 14],
    /// The type of the losses.
    pub losses: PhantomData<H>,
}

/// The stream in the state of C's.
type CoreStream<H> = TopKOver<H, Lent<ohem_core::Ranked<H>>>;

unsafe fn top_k_stream_init<H: RankKey>(
    stream: *mut TopKStream<H>,
    memory: *mut u64,
    words: usize,
    k: usize,
    nan: NanPolicy,
) -> Result<(), Refusal> {
    let nan = nan_policy(nan)?;
    // SAFETY: the caller of the C function promised it, and that the memory stays lent.
    unsafe {
        let candidates = Lent::new(candidates::<H>(memory, words)?);
        let core =
            TopKOver::with_memory(candidates, k, nan).map_err(|_| Status::Window.of(k.saturating_add(1)))?;
        keep(stream, core, Status::PointerStream)
    }
}

unsafe fn top_k_stream_extend<H: RankKey>(
    stream: *mut TopKStream<H>,
    losses: *const H,
    length: usize,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    unsafe {
        let losses = slice(losses, length, Status::PointerLosses)?;
        let extend = |core: &mut CoreStream<H>| {
            let too_many = Status::TooMany.of((core.seen() as usize).saturating_add(losses.len()));
            core.extend(losses).map_err(|error| match error {
                ohem_core::MineError::Nan(_) => error.into(),
                _ => too_many,
            })
        };
        with_kept(stream, Status::PointerStream, extend)?
    }
}

unsafe fn top_k_stream_hardest<H: RankKey>(
    stream: *mut TopKStream<H>,
    hardest: *mut Ranked<H>,
    capacity: usize,
    count: *mut usize,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    unsafe {
        let hardest = slice_mut(hardest, capacity, Status::PointerOut)?;
        let count = one_mut(count, Status::PointerOut)?;
        let copy = |core: &mut CoreStream<H>| {
            let pairs = hardest.iter_mut().zip(core.hardest());
            count.write(pairs.map(|(slot, &ranked)| *slot = ranked.into()).count());
        };
        with_kept(stream, Status::PointerStream, copy)
    }
}

unsafe fn top_k_stream_clear<H: RankKey>(stream: *mut TopKStream<H>) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    unsafe { with_kept(stream, Status::PointerStream, |core: &mut CoreStream<H>| core.clear()) }
}

macro_rules! instances {
    ($($loss:ident)*) => {$(
        #[doc = concat!("Streams of `", stringify!($loss), "` losses.")]
        pub mod $loss {
            use super::*;
            #[allow(unused_imports, reason = "only some of the types are imported")]
            use half::{bf16, f16};

            export! { concat!("_", stringify!($loss));
                /// Starts a stream of which the hardest `k` are kept, in `words` elements of memory: more than `k`.
                ///
                /// Twice as many make a loss cost O(1) amortised. `double` losses take two elements each, and one more
                /// for alignment. The memory stays lent to the stream as long as you use it.
                fn top_k_stream_init(
                    stream: *mut TopKStream<$loss>,
                    memory: *mut u64,
                    words: usize,
                    k: usize,
                    nan: NanPolicy,
                );

                /// Takes in the next losses of the stream; its first loss has index 0.
                ///
                /// After a NaN was refused, the losses before it may have been taken in: clear the stream.
                fn top_k_stream_extend(stream: *mut TopKStream<$loss>, losses: *const $loss, length: usize);

                /// Writes the hardest so far, hardest first, and their number.
                ///
                /// `hardest` has `capacity` elements; with fewer than `k`, the rest is left out. You may extend the stream
                /// afterwards.
                fn top_k_stream_hardest(
                    stream: *mut TopKStream<$loss>,
                    hardest: *mut Ranked<$loss>,
                    capacity: usize,
                    count: *mut usize,
                );

                /// Forgets everything, to start a new stream.
                fn top_k_stream_clear(stream: *mut TopKStream<$loss>);
            }
        }
    )*};
}

instances!(f32 f64 i8 i16 i32 f16 bf16);
