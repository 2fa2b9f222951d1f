//! Which instruction set is used: detected when a function is called, and once a call.
//!
//! The best [`Tier`] of the machine is taken, unless `OHEM_SIMD` names another one (`portable`, `avx2`, `avx512`),
//! or
//! the call is made within [`Tier::scope`]. Results are the same, bit for bit; only time differs.
//!
//! ```
//! use ohem_std::{NanPolicy, rank, simd::Tier};
//!
//! for tier in Tier::available() {
//!     let best = tier.scope(|| rank::top_k(&[0.5, 2.0, 1.0], 1, NanPolicy::Error))?;
//!     assert_eq!(best, [1], "on {tier}");
//! }
//! # Ok::<(), ohem_std::MineError>(())
//! ```

use core::cell::Cell;
use core::fmt;
use core::str::FromStr;
use std::sync::LazyLock;

use ohem_core::kernel::{Portable, Simd};

#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "intrinsics, behind a token that proves the instruction set")]
mod avx2;
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "intrinsics, behind a token that proves the instruction set")]
mod avx512;

#[cfg(target_arch = "x86_64")]
use avx2::Avx2;
#[cfg(target_arch = "x86_64")]
use avx512::Avx512;

/// An instruction set that the kernels can run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Tier {
    /// What the crate was compiled for: SSE2 on x86-64 unless told otherwise, NEON on AArch64.
    Portable,
    /// AVX2 of x86-64, found when the program runs.
    Avx2,
    /// AVX-512 of x86-64 (F, VL, BW and DQ), found when the program runs.
    Avx512,
}

impl Tier {
    const ALL: [Self; 3] = [Self::Portable, Self::Avx2, Self::Avx512];

    /// The tiers that this machine has, the best one last.
    pub fn available() -> impl DoubleEndedIterator<Item = Self> {
        Self::ALL.into_iter().filter(|tier| tier.is_available())
    }

    /// Whether this machine has it.
    pub fn is_available(self) -> bool {
        match self {
            Self::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => Avx2::detect().is_some(),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => Avx512::detect().is_some(),
            #[cfg(not(target_arch = "x86_64"))]
            Self::Avx2 | Self::Avx512 => false,
        }
    }

    /// The tier that calls in this thread use now.
    ///
    /// An unknown name in `OHEM_SIMD`, or that of a tier that this machine lacks, changes nothing;
    /// [`Tier::from_environment`] tells.
    pub fn current() -> Self {
        static OUTSIDE_SCOPES: LazyLock<Tier> = LazyLock::new(|| {
            let best = Tier::available().next_back().unwrap_or(Tier::Portable);
            Tier::from_environment().ok().flatten().unwrap_or(best)
        });
        SCOPE.get().unwrap_or_else(|| *OUTSIDE_SCOPES)
    }

    /// The tier that the environment variable `OHEM_SIMD` asks for, if it is set.
    ///
    /// # Errors
    ///
    /// If it names no tier, or a tier that this machine lacks.
    pub fn from_environment() -> Result<Option<Self>, TierError> {
        match std::env::var_os("OHEM_SIMD") {
            None => Ok(None),
            Some(name) => name.to_string_lossy().parse().map(Some),
        }
    }

    /// Runs `work` with this tier in place of the one that would be chosen, in this thread.
    ///
    /// A tier that this machine has not gives way to the portable one.
    pub fn scope<R>(self, work: impl FnOnce() -> R) -> R {
        /// Ends the scope, also when `work` panics.
        struct Restore(Option<Tier>);
        impl Drop for Restore {
            fn drop(&mut self) {
                SCOPE.set(self.0);
            }
        }
        let chosen = if self.is_available() { self } else { Self::Portable };
        let _restore = Restore(SCOPE.replace(Some(chosen)));
        work()
    }

    /// Its name, as `OHEM_SIMD` understands it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        }
    }
}

thread_local! {
    /// The tier of the innermost [`Tier::scope`].
    static SCOPE: Cell<Option<Tier>> = const { Cell::new(None) };
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Tier {
    type Err = TierError;

    /// Parses the name of a tier that this machine has.
    fn from_str(name: &str) -> Result<Self, TierError> {
        let tier = Self::ALL.into_iter().find(|tier| tier.name() == name);
        let tier = tier.ok_or_else(|| TierError::Unknown { name: name.to_owned() })?;
        if tier.is_available() { Ok(tier) } else { Err(TierError::Unavailable { tier }) }
    }
}

/// Why a tier could not be chosen by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TierError {
    /// There is no tier of this name.
    Unknown {
        /// The name.
        name: String,
    },
    /// This machine has not got it.
    Unavailable {
        /// The tier.
        tier: Tier,
    },
}

impl fmt::Display for TierError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { name } => {
                let known = Tier::ALL.map(Tier::name).join(", ");
                write!(f, "unknown instruction set {name:?}: expected one of {known}")
            }
            Self::Unavailable { tier } => write!(f, "this machine does not have {tier}"),
        }
    }
}

impl core::error::Error for TierError {}

/// Work that is written once for every instruction set.
///
/// The way to run core's functions, or kernels of one's own over [`Lanes`](ohem_core::kernel::Lanes), on the
/// tier that is chosen at run time.
///
/// ```
/// use ohem_core::kernel::{Lanes, Simd};
/// use ohem_std::simd::{Work, run};
///
/// struct Sum<'a>(&'a [f32]);
///
/// impl Work for Sum<'_> {
///     type Output = f32;
///
///     fn on<S: Simd>(self, simd: S) -> f32 {
///         simd.run(#[inline(always)] || {
///             let (chunks, rest) = S::F32::chunks(self.0);
///             let sums = chunks.iter().fold(S::F32::splat(0.0), |sums, chunk| sums.add(S::F32::load(chunk)));
///             sums.store().as_ref().iter().chain(rest).sum()
///         })
///     }
/// }
///
/// assert_eq!(run(Sum(&[1.0; 100])), 100.0);
/// ```
pub trait Work {
    /// What it results in.
    type Output;

    /// Does the work with a token; the time-consuming part belongs into [`Simd::run`].
    fn on<S: Simd>(self, simd: S) -> Self::Output;
}

/// Runs work on the [current](Tier::current) tier.
pub fn run<W: Work>(work: W) -> W::Output {
    dispatch!(simd => work.on(simd))
}

/// The token of a tier.
pub(crate) enum Token {
    Portable(Portable),
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512),
}

impl Token {
    /// That of the tier that is used now.
    #[inline]
    pub(crate) fn current() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            let tier = Tier::current();
            if let (Tier::Avx512, Some(token)) = (tier, Avx512::detect()) {
                return Self::Avx512(token);
            }
            if let (Tier::Avx2, Some(token)) = (tier, Avx2::detect()) {
                return Self::Avx2(token);
            }
        }
        Self::Portable(Portable)
    }
}

/// Evaluates an expression with the token of the current tier.
macro_rules! dispatch {
    ($token:ident => $work:expr) => {
        match $crate::simd::Token::current() {
            $crate::simd::Token::Portable($token) => $work,
            #[cfg(target_arch = "x86_64")]
            $crate::simd::Token::Avx2($token) => $work,
            #[cfg(target_arch = "x86_64")]
            $crate::simd::Token::Avx512($token) => $work,
        }
    };
}

pub(crate) use dispatch;
