//! Configurations of mining and suppression, read from bytes.

use arbitrary::{Result, Unstructured};
use ohem_core::{Convention, MineConfig, NanPolicy, NmsConfig, Suppress};

use super::nasty;

/// Reads what to mine, and how.
pub fn mine_config(u: &mut Unstructured<'_>) -> Result<MineConfig> {
    let batch_size = if u.int_in_range(0..=7)? == 7 { 200 } else { u.int_in_range(0..=12)? };
    let config = MineConfig::new(batch_size).nms(nms_config(u)?).nan(nan(u)?);
    Ok(if u.int_in_range(0..=9)? == 9 { config.without_nms() } else { config })
}

/// The same, with a limit on visits now and then.
pub fn limited_mine_config(u: &mut Unstructured<'_>) -> Result<MineConfig> {
    let config = mine_config(u)?;
    Ok(if u.ratio(1, 8)? { config.max_visited(u.int_in_range(0..=80)?) } else { config })
}

/// Reads what to suppress, and how.
pub fn nms_config(u: &mut Unstructured<'_>) -> Result<NmsConfig> {
    let config = NmsConfig::new(nasty::threshold(u)?);
    let suppress = *u.choose(&[Suppress::Above, Suppress::AtOrAbove])?;
    Ok(config.suppress(suppress).convention(convention(u)?))
}

/// Reads how wide a box is.
pub fn convention(u: &mut Unstructured<'_>) -> Result<Convention> {
    u.choose(&[Convention::Continuous, Convention::Pixel]).copied()
}

/// Reads how to handle a NaN.
pub fn nan(u: &mut Unstructured<'_>) -> Result<NanPolicy> {
    u.choose(&[NanPolicy::First, NanPolicy::Skip, NanPolicy::Error]).copied()
}
