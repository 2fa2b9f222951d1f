//! Small inputs of every nasty kind, read from bytes.
//!
//! The bytes may come from anywhere: a fuzzer grows them, proptest draws and shrinks them, a bench may fill
//! them from a seed. Past their end are zeros, and zeros are the plainest choice everywhere.

use arbitrary::{Result, Unstructured};

use super::{Roi, Table};

/// What the RoIs of a table have in common.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    boxes: Boxes,
    losses: Losses,
    nan_losses: bool,
}

/// Whole corners in a small field meet exactly, again and again; jittered ones nearly.
#[derive(Clone, Copy, Debug)]
enum Boxes {
    Whole,
    Jittered,
    /// Whole, and invalid boxes.
    Degenerate,
    /// Of all these, and anywhere.
    Mixed,
    /// Any four `f32`: what [`write`] writes.
    Singles,
    /// The same of `f64`.
    Doubles,
}

#[derive(Clone, Copy, Debug)]
enum Losses {
    Distinct,
    Tied,
    Special,
    Singles,
    Doubles,
}

/// Floats that break things; 1e30 squared overflows `f32`, 1e-44 is subnormal in it.
pub const SPECIAL: [f64; 14] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    10.0,
    1e30,
    -1e30,
    1e-44,
    1e-300,
    f64::MAX,
    f64::MIN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
];

/// The usual thresholds, and exact quotients of small whole numbers.
pub const THRESHOLDS: [f64; 8] = [0.7, 0.5, 0.3, 0.25, 0.75, 0.9, 2.0 / 3.0, 1.0 / 3.0];

/// The ends of what an IoU can be, and beyond.
const ENDS: [f64; 9] = [0.0, -0.0, 1.0, -0.5, 1.5, 1e-9, 1e-40, f64::INFINITY, f64::NEG_INFINITY];

const BOXES: [Boxes; 6] =
    [Boxes::Whole, Boxes::Jittered, Boxes::Degenerate, Boxes::Mixed, Boxes::Singles, Boxes::Doubles];

const LOSSES: [Losses; 5] =
    [Losses::Distinct, Losses::Tied, Losses::Special, Losses::Singles, Losses::Doubles];

/// Reads a table of up to `most` RoIs, one while there are bytes left.
///
/// ```
/// use ohem_testkit::generate::nasty;
///
/// let mut bytes = arbitrary::Unstructured::new(&[0, 1, 5, 6, 7, 8]); // whole boxes, tied losses
/// let table = nasty::table(&mut bytes, 100, false)?;
/// assert_eq!(table.corners, [[5.0, 6.0, 12.0, 14.0]]);
/// # Ok::<(), arbitrary::Error>(())
/// ```
pub fn table(u: &mut Unstructured<'_>, most: usize, nan_losses: bool) -> Result<Table> {
    let kind = Kind::read(u, nan_losses)?;
    let mut table = Table::default();
    while table.len() < most && !u.is_empty() {
        table.extend([kind.roi(u)?]);
    }
    Ok(table)
}

/// Writes bytes that [`table`] reads back, with all floats rounded to `f32`, images and labels modulo 8.
///
/// ```
/// use ohem_testkit::generate::{Table, nasty, scene::Scene};
///
/// let whole = Table { corners: vec![[1.0, 2.0, 3.5, 4.0]], images: vec![3], labels: vec![7], losses: vec![0.5] };
/// let bytes = nasty::write(&whole);
/// assert_eq!(nasty::table(&mut arbitrary::Unstructured::new(&bytes), 100, true)?, whole);
/// # Ok::<(), arbitrary::Error>(())
/// ```
pub fn write(table: &Table) -> Vec<u8> {
    let mut bytes = singles().to_vec();
    let groups = table.groups();
    for ((corners, (image, label)), loss) in
        table.boxes::<f32>().iter().zip(groups).zip(table.losses::<f32>())
    {
        bytes.extend(corners.iter().flat_map(|corner| corner.to_le_bytes()));
        bytes.extend([image, label].map(|key| (key % 8).to_le_bytes()[0]));
        bytes.extend(loss.to_le_bytes());
    }
    bytes
}

/// The bytes of a [`Kind`] all of whose floats are any `f32`.
fn singles() -> [u8; 2] {
    [Boxes::Singles as u8, Losses::Singles as u8]
}

/// Reads up to `most` numbers as losses are made: distinct, tied, special, or any at all.
///
/// ```
/// use ohem_testkit::generate::nasty;
///
/// let bytes = nasty::write_numbers(&[0.5, -3.0]);
/// assert_eq!(nasty::numbers(&mut arbitrary::Unstructured::new(&bytes), 100)?, [0.5, -3.0]);
/// # Ok::<(), arbitrary::Error>(())
/// ```
pub fn numbers(u: &mut Unstructured<'_>, most: usize) -> Result<Vec<f64>> {
    let kind = Kind::read(u, true)?;
    let mut numbers = Vec::new();
    while numbers.len() < most && !u.is_empty() {
        numbers.push(kind.loss(u)?);
    }
    Ok(numbers)
}

/// Writes bytes that [`numbers`] reads back, rounded to `f32`.
pub fn write_numbers(numbers: &[f64]) -> Vec<u8> {
    let rounded = Table { losses: numbers.to_vec(), ..Table::default() }.losses::<f32>();
    singles().into_iter().chain(rounded.iter().flat_map(|number| number.to_le_bytes())).collect()
}

/// Reads a threshold: a usual one, any between 0 and 1, an end, or any number at all. Never NaN.
///
/// ```
/// let first = ohem_testkit::generate::nasty::threshold(&mut arbitrary::Unstructured::new(&[]))?;
/// assert_eq!(first, 0.7);
/// # Ok::<(), arbitrary::Error>(())
/// ```
pub fn threshold(u: &mut Unstructured<'_>) -> Result<f64> {
    Ok(match u.int_in_range(0..=11)? {
        0..8 => *u.choose(&THRESHOLDS)?,
        8 | 9 => unit(u)?,
        10 => *u.choose(&ENDS)?,
        _ => Some(f64::from(u.arbitrary::<f32>()?)).filter(|any| !any.is_nan()).unwrap_or(0.7),
    })
}

impl Kind {
    /// Reads what the RoIs of a table have in common.
    pub fn read(u: &mut Unstructured<'_>, nan_losses: bool) -> Result<Self> {
        Ok(Self { boxes: *u.choose(&BOXES)?, losses: *u.choose(&LOSSES)?, nan_losses })
    }

    /// Reads a RoI.
    pub fn roi(self, u: &mut Unstructured<'_>) -> Result<Roi> {
        let corners = self.corners(u)?;
        let (image, label) = match self.boxes {
            Boxes::Singles | Boxes::Doubles => (octal(u)?, octal(u)?),
            _ => (
                key(u, 3, &[4096, 1 << 20, u32::MAX])?,
                key(u, 4, &[4096, 1 << 24, (1 << 24) + 1, u32::MAX])?,
            ),
        };
        Ok((corners, image, label, self.loss(u)?))
    }

    fn corners(self, u: &mut Unstructured<'_>) -> Result<[f64; 4]> {
        match self.boxes {
            Boxes::Whole => whole(u),
            Boxes::Jittered => jittered(u),
            Boxes::Degenerate => {
                if u.int_in_range(0..=4)? == 4 {
                    degenerate(u)
                } else {
                    whole(u)
                }
            }
            Boxes::Mixed => match u.int_in_range(0..=3)? {
                0 => whole(u),
                1 => jittered(u),
                2 => uniform(u),
                _ => degenerate(u),
            },
            Boxes::Singles => Ok(u.arbitrary::<[f32; 4]>()?.map(f64::from)),
            Boxes::Doubles => u.arbitrary(),
        }
    }

    fn loss(self, u: &mut Unstructured<'_>) -> Result<f64> {
        let loss = match self.losses {
            Losses::Distinct => f64::from(u.arbitrary::<u32>()?) * 5.0 / 4_294_967_296.0,
            Losses::Tied => f64::from(u.int_in_range(0..=3_u8)?),
            Losses::Special if u.int_in_range(0..=3)? == 3 => u.choose(&SPECIAL)? * f64::from(sign(u)?),
            Losses::Special => 2.0 * unit(u)? - 1.0,
            Losses::Singles => u.arbitrary::<f32>()?.into(),
            Losses::Doubles => u.arbitrary()?,
        };
        Ok(if loss.is_nan() && !self.nan_losses { 0.5 } else { loss })
    }
}

fn whole(u: &mut Unstructured<'_>) -> Result<[f64; 4]> {
    let (x, y) = (u.int_in_range(0..=7_u8)?, u.int_in_range(0..=7_u8)?);
    Ok(sides(x.into(), y.into(), u.int_in_range(0..=8)?, u.int_in_range(0..=8)?))
}

fn jittered(u: &mut Unstructured<'_>) -> Result<[f64; 4]> {
    let (cluster, side) = (u.int_in_range(0..=2_u8)?, u.int_in_range(8..=11)?);
    Ok(sides(f64::from(cluster) * 40.0 + unit(u)?, unit(u)?, side, side))
}

fn uniform(u: &mut Unstructured<'_>) -> Result<[f64; 4]> {
    Ok(sides(1e3 * unit(u)?, 1e3 * unit(u)?, u.int_in_range(16..=127)?, u.int_in_range(16..=127)?))
}

fn sides(x: f64, y: f64, width: u8, height: u8) -> [f64; 4] {
    [x, y, x + f64::from(width), y + f64::from(height)]
}

/// An invalid box, or a barely valid one.
fn degenerate(u: &mut Unstructured<'_>) -> Result<[f64; 4]> {
    Ok(match u.int_in_range(0..=4)? {
        0 => [*u.choose(&SPECIAL)?, *u.choose(&SPECIAL)?, *u.choose(&SPECIAL)?, *u.choose(&SPECIAL)?],
        1 => {
            let (x, y) = (9.0 * unit(u)?, 9.0 * unit(u)?);
            [x + 5.0, y + 5.0, x, y]
        }
        2 => [10.0, 10.0, 9.0, 9.0],
        3 => [0.0, 0.0, 1e20, 1e20],
        _ => [0.0, 0.0, 1e-30, 1e-30],
    })
}

/// An image or a label: one of a few, now and then one at a limit, or that shares the low bits of another.
fn key(u: &mut Unstructured<'_>, few: u32, limits: &[u32]) -> Result<u32> {
    if u.int_in_range(0..=8)? == 8 { u.choose(limits).copied() } else { u.int_in_range(0..=few - 1) }
}

/// An image or a label of a table that was written: one of few, because the oracle walks all pairs of them.
fn octal(u: &mut Unstructured<'_>) -> Result<u32> {
    Ok(u32::from(u.arbitrary::<u8>()?) % 8)
}

fn sign(u: &mut Unstructured<'_>) -> Result<i8> {
    Ok(if u.arbitrary()? { -1 } else { 1 })
}

/// A number from 0 up to 1.
fn unit(u: &mut Unstructured<'_>) -> Result<f64> {
    Ok(f64::from(u.arbitrary::<u16>()?) / 65_536.0)
}
