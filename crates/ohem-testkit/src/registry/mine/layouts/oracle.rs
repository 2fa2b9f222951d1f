//! RoIs in every layout, read literally.

use ohem_core::{InvalidKey, MineConfig};

use super::{CAPACITY, Input, Step};
use crate::oracle::Verdict;
use crate::registry::mine::naive::{Rule, check, corners, walked};
use crate::registry::naive::{Hard, Member, capacity, key, length};
use crate::registry::{Real, Refused, Sink, Words};

/// The rule by which all take part.
struct Everyone;

impl Rule for Everyone {
    fn verdict(&mut self, _: usize, _: &[usize]) -> Verdict {
        Verdict::Consider
    }
}

/// Answers all cases.
pub(super) fn answers<F: Real>(
    [rows, labels, group, boxless, own, read]: [&'static str; 6],
    input: &Input,
    out: &mut impl Sink,
) {
    let Step { table, config, .. } = &input.step;
    let len = table.len();
    out.answer(rows, "literally");
    out.add(&in_rows::<F>(input));

    let of_label = |&label: &i64| match key(label) {
        Some(label) if label != u32::MAX => Member::Of(0, label),
        _ => Member::Ignored,
    };
    let members: Vec<_> = table.labels.iter().map(of_label).collect();
    out.answer(labels, "literally");
    out.add(&mined::<F>(input, config, length(len, members.len()), &members));
    out.answer(boxless, "literally");
    out.add(&mined::<F>(input, &config.without_nms(), length(len, members.len()), &members));

    out.answer(group, "literally");
    out.add(&mined::<F>(input, config, Ok(()), &vec![Member::Of(0, 0); len]));

    let of_own = |i: usize| match table.labels.get(i) {
        Some(&label @ 0..=9) => Member::Of(0, key(label).expect("it is small")),
        Some(..0) => Member::Invalid,
        _ => Member::Ignored,
    };
    out.answer(own, "literally");
    out.add(&mined::<F>(input, config, Ok(()), &(0..len).map(of_own).collect::<Vec<_>>()));

    out.answer(read, "literally");
    read_directly::<F>(input, out);
}

/// The error of an invalid RoI that has no other words for it.
fn unknown(position: usize) -> Refused {
    Refused::OutOfRange { position, value: -1, limit: u32::MAX as usize }
}

fn mined<F: Real>(
    input: &Input,
    config: &MineConfig,
    lengths: Result<(), Refused>,
    members: &[Member],
) -> Result<Hard, Refused> {
    check(config, CAPACITY)?;
    lengths?;
    let table = &input.step.table;
    length(table.len(), table.losses.len())?;
    walked(&corners::<F>(&table.corners), members, &table.losses::<F>(), config, &mut Everyone, unknown)
}

/// The key that a float names: a whole one, of up to 2^31.
fn whole<F: Real>(value: i64) -> Option<u32> {
    let value = F::from_f64(value as f64).to_f64();
    let is_whole = value.fract() == 0.0 && (0.0..=2_147_483_648.0).contains(&value);
    is_whole.then(|| value.to_string().parse().expect("it is whole"))
}

/// The image and label of a RoI, each of them unless it is invalid.
fn keys<F: Real>(input: &Input, i: usize) -> (Option<u32>, Option<u32>) {
    (whole::<F>(input.step.table.images[i]), key(input.step.table.labels[i]))
}

fn member<F: Real>(input: &Input, i: usize) -> Member {
    match keys::<F>(input, i) {
        (_, Some(u32::MAX)) => Member::Ignored,
        (Some(image), Some(label)) => Member::Of(image, label),
        _ if input.invalid == InvalidKey::Ignore => Member::Ignored,
        _ => Member::Invalid,
    }
}

/// The error that names the invalid key of a RoI: the image, if it is invalid.
#[expect(clippy::cast_possible_truncation, reason = "a cast that saturates is meant")]
fn named<F: Real>(input: &Input, position: usize) -> Refused {
    let image = F::from_f64(input.step.table.images[position] as f64).to_f64() as i64;
    let value = if whole::<F>(input.step.table.images[position]).is_none() {
        image
    } else {
        input.step.table.labels[position]
    };
    Refused::OutOfRange { position, value, limit: u32::MAX as usize }
}

/// Views the table; returns how many rows it has.
fn viewed(input: &Input) -> Result<usize, Refused> {
    let Input { step, stride, first, column, ragged, .. } = input;
    let rows = step.table.corners.len().min(step.table.images.len());
    let values = (rows * stride).saturating_sub(usize::from(*ragged));
    capacity(column + 1, *stride)?;
    length(values / stride * stride, values)?;
    capacity(first + 4, *stride)?;
    length(rows, step.table.labels.len())?;
    Ok(rows)
}

fn in_rows<F: Real>(input: &Input) -> Result<Hard, Refused> {
    let Step { table, config, .. } = &input.step;
    check(config, CAPACITY)?;
    let rows = viewed(input)?;
    length(rows, table.losses.len())?;
    let members: Vec<_> = (0..rows).map(|i| member::<F>(input, i)).collect();
    let corners = corners::<F>(&table.corners[..rows]);
    walked(&corners, &members, &table.losses::<F>(), config, &mut Everyone, |i| named::<F>(input, i))
}

fn read_directly<F: Real>(input: &Input, out: &mut impl Sink) {
    let len = match viewed(input) {
        Ok(len) => len,
        Err(refused) => return refused.add_to(out),
    };
    let is_invalid = |&i: &usize| keys::<F>(input, i).0.is_none() || keys::<F>(input, i).1.is_none();
    let checked = (0..len).find(is_invalid).map_or(Ok(()), |i| Err(named::<F>(input, i)));
    (len, len == 0, checked).add_to(out);
    (len, len == 0, None::<u64>).add_to(out);
    for i in 0..len {
        let corners = input.step.table.corners[i].map(F::from_f64);
        let member = member::<F>(input, i);
        let group = match member {
            Member::Of(image, label) => Some([image, label]),
            _ => None,
        };
        (Ok::<_, Refused>(Some(corners)), group).add_to(out);
        (member == Member::Invalid).then(|| named::<F>(input, i)).add_to(out);
    }
    (input.step.table.is_empty(), unknown(3)).add_to(out);
}
