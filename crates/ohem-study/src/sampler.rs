//! The samplers, which decide which RoIs of an image are learnt from.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Which RoIs of an image are learnt from.
///
/// ```
/// use ohem_study::Sampler;
///
/// assert_eq!("random-0.1".parse(), Ok(Sampler::RandomFromTenth));
/// assert_eq!(Sampler::OhemNoNms.to_string(), "ohem-no-nms");
/// assert!("random".parse::<Sampler>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Sampler {
    /// The hardest, without those whose IoU with a harder one of their label exceeds 0.7.
    #[serde(rename = "ohem")]
    Ohem,
    /// The hardest.
    #[serde(rename = "ohem-no-nms")]
    OhemNoNms,
    /// Up to a quarter foreground, the rest background with an overlap of at least 0.1: the original without mining.
    #[serde(rename = "random-0.1")]
    RandomFromTenth,
    /// Up to a quarter foreground, the rest any background.
    #[serde(rename = "random-0.0")]
    RandomFromZero,
    /// All RoIs.
    #[serde(rename = "all")]
    All,
}

impl Sampler {
    /// Every sampler, in the order in which results are shown.
    pub const EVERY: [Self; 5] =
        [Self::Ohem, Self::OhemNoNms, Self::RandomFromTenth, Self::RandomFromZero, Self::All];

    /// The name of the sampler.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ohem => "ohem",
            Self::OhemNoNms => "ohem-no-nms",
            Self::RandomFromTenth => "random-0.1",
            Self::RandomFromZero => "random-0.0",
            Self::All => "all",
        }
    }
}

impl fmt::Display for Sampler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Sampler {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = || Self::EVERY.map(Self::name).join(", ");
        let found = Self::EVERY.into_iter().find(|sampler| sampler.name() == name);
        found.ok_or_else(|| format!("unknown sampler {name:?}, expected one of {}", known()))
    }
}
