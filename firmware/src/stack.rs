//! How deep the stack went.

use cortex_m_rt::STACK_PAINT_VALUE;

unsafe extern "C" {
    static _stack_start: u32;
    static _stack_end: u32;
}

/// The unused words of the stack, from the end of its memory to the current call.
fn unused() -> impl Iterator<Item = *mut u32> {
    let (end, here) = (&raw const _stack_end, cortex_m::register::msp::read() as *const u32);
    // A red zone of 16 words, which the caller of this may still write to.
    let words = (here as usize).saturating_sub(end as usize) / size_of::<u32>();
    (0..words.saturating_sub(16)).map(move |word| end.wrapping_add(word).cast_mut())
}

/// Bytes of stack that a call took, below the caller's.
#[inline(never)]
pub fn depth(work: impl FnOnce()) -> usize {
    for word in unused() {
        // SAFETY: it lies within the memory set aside for the stack, below all that is in use.
        unsafe { word.write_volatile(STACK_PAINT_VALUE) };
    }
    let here = cortex_m::register::msp::read() as usize;
    work();
    // SAFETY: as above; it is aligned because the stack is.
    let untouched = unused().take_while(|word| unsafe { word.read_volatile() } == STACK_PAINT_VALUE).count();
    here - (&raw const _stack_end as usize) - untouched * size_of::<u32>()
}

/// Bytes of stack that the image took so far, since its start.
pub fn high_water() -> usize {
    // SAFETY: it lies within the memory set aside for the stack; cortex-m-rt has painted it.
    let untouched = unused().take_while(|word| unsafe { word.read_volatile() } == STACK_PAINT_VALUE).count();
    (&raw const _stack_start as usize) - (&raw const _stack_end as usize) - untouched * size_of::<u32>()
}
