//! `ohem compare`: what got harder, easier, or newly hard between two checkpoints.

pub(crate) mod args;

use std::collections::{HashMap, VecDeque};

use serde_json::json;

use crate::command::atomic_file::{self, AtomicFile};
use crate::command::failure::Failure;
use crate::command::mine;
use crate::command::mined::{Mined, RoiOutcome};
use crate::command::numbers::{amount, count, plain};
use crate::command::output::{json::escaped, short};
use crate::command::rule::RuleConfig;
use crate::command::source::Source;
use crate::table::{LossSource, RequestedColumns, RoiTable};
use args::{CompareArgs, CompareFormat};

/// A table that was mined.
struct Side {
    table: RoiTable,
    mined: Mined,
}

/// A RoI of both tables.
struct Pair {
    /// Its row in the earlier and in the later table.
    rows: [usize; 2],
    losses: [f64; 2],
    is_selected: [bool; 2],
}

/// An image with its RoIs of both tables.
struct ImageChange<'a> {
    name: &'a str,
    means: [f64; 2],
    newly_hard: usize,
    rois: usize,
}

/// Runs `ohem compare`.
///
/// # Errors
///
/// If a table or an option is wrong, no RoI is in both tables, or the result cannot be written.
pub(crate) fn run(args: &CompareArgs) -> Result<(), Failure> {
    let rule = args.rule.resolve(args.nan.into())?;
    let [earlier, later] = [&args.earlier, &args.later].map(|path| Source::named(Some(path)));
    let sides = [side(args, &rule, &earlier)?, side(args, &rule, &later)?];
    let pairs = pairs(&sides);
    if pairs.is_empty() {
        return Err(Failure::input(
            &later,
            format_args!("no RoI has the image and the box of one in {earlier}"),
        ));
    }
    let result = match args.format {
        CompareFormat::Table => human(args, &sides, &pairs),
        CompareFormat::Csv => csv_text(&sides, &pairs),
        CompareFormat::Json => json_text(&sides, &pairs),
    };
    atomic_file::publish(vec![AtomicFile::new(args.output.as_deref(), &result)?])
}

fn side(args: &CompareArgs, rule: &RuleConfig, source: &Source) -> Result<Side, Failure> {
    let overlap = matches!(rule, RuleConfig::Ssd(_)).then(|| args.rule.overlap_names());
    let layout = args.table.layout(rule.convention() == ohem_std::Convention::Pixel);
    let loss: LossSource<'_> = args.table.loss(args.precision);
    let mut table = source.table(&RequestedColumns { loss, overlap, layout })?;
    let kinds = mine::labelled(&mut table, &args.table, rule)?;
    let mined = Mined::new(&table, &kinds, rule, args.precision);
    let mined = mined.map_err(|refusal| refusal.about(&table, source))?;
    Ok(Side { table, mined })
}

/// Matches RoIs by image and box, those that got harder first.
fn pairs([earlier, later]: &[Side; 2]) -> Vec<Pair> {
    let key = |table: &RoiTable, row: usize| {
        // The bits of a number, but one zero and one NaN.
        let bits =
            table.boxes.at(row).map(|side| if side.is_nan() { u64::MAX } else { (side + 0.0).to_bits() });
        (table.images.of(row).to_owned(), bits)
    };
    let mut rows_of = HashMap::<_, VecDeque<usize>>::new();
    (0..earlier.table.len())
        .for_each(|row| rows_of.entry(key(&earlier.table, row)).or_default().push_back(row));
    let pair = |row: usize| {
        let rows = [rows_of.get_mut(&key(&later.table, row))?.pop_front()?, row];
        let sides = [(earlier, rows[0]), (later, rows[1])];
        Some(Pair {
            rows,
            losses: sides.map(|(side, row)| side.table.losses.at(row)),
            is_selected: sides.map(|(side, row)| side.mined.outcomes[row] == RoiOutcome::Selected),
        })
    };
    let mut pairs: Vec<_> = (0..later.table.len()).filter_map(pair).collect();
    pairs.sort_by(|a, b| b.change().total_cmp(&a.change()));
    pairs
}

impl Pair {
    fn change(&self) -> f64 {
        self.losses[1] - self.losses[0]
    }

    fn is_newly_hard(&self) -> bool {
        self.is_selected == [false, true]
    }

    fn is_no_longer_hard(&self) -> bool {
        self.is_selected == [true, false]
    }
}

/// The images, those whose mean loss grew most first.
fn images<'a>([earlier, _]: &'a [Side; 2], pairs: &[Pair]) -> Vec<ImageChange<'a>> {
    let mut images: Vec<_> = earlier
        .table
        .images
        .texts()
        .map(|name| ImageChange { name, means: [0.0; 2], newly_hard: 0, rois: 0 })
        .collect();
    for pair in pairs {
        let image = &mut images[earlier.table.images.ids[pair.rows[0]] as usize];
        if pair.losses.iter().all(|loss| loss.is_finite()) {
            image.means.iter_mut().zip(pair.losses).for_each(|(sum, loss)| *sum += loss);
            image.rois += 1;
        }
        image.newly_hard += usize::from(pair.is_newly_hard());
    }
    images.retain(|image| image.rois > 0);
    images.iter_mut().for_each(|image| image.means = image.means.map(|sum| sum / image.rois as f64));
    images.sort_by(|a, b| (b.means[1] - b.means[0]).total_cmp(&(a.means[1] - a.means[0])));
    images
}

fn human(args: &CompareArgs, sides: &[Side; 2], pairs: &[Pair]) -> Vec<u8> {
    let changes = images(sides, pairs);
    let signed = |change: f64| format!("{}{}", if change > 0.0 { "+" } else { "" }, amount(change, 4));
    let mut text = format!(
        "{:>26}  {:>10}  {:>10}  {:>10}  {:>10}\n",
        "image", "earlier", "later", "change", "newly hard"
    );
    for image in changes.iter().take(args.limit) {
        let [earlier, later] = image.means;
        let name = short(image.name);
        text += &format!(
            "{name:>26}  {:>10}  {:>10}  {:>10}  {:>10}\n",
            amount(earlier, 4),
            amount(later, 4),
            signed(later - earlier),
            image.newly_hard
        );
    }
    if changes.len() > args.limit {
        text += &format!("... and {} more images\n", count(changes.len() - args.limit));
    }
    type Which = fn(&Pair) -> bool;
    let kinds: [(&str, Which, bool); 2] =
        [("newly hard", Pair::is_newly_hard, false), ("no longer hard", Pair::is_no_longer_hard, true)];
    for (kind, which, is_reversed) in kinds {
        let mut of_kind: Vec<&Pair> = pairs.iter().filter(|pair| which(pair)).collect();
        if is_reversed {
            of_kind.reverse();
        }
        text += &format!("\n{kind}: {}\n", count(of_kind.len()));
        for pair in of_kind.iter().take(args.limit) {
            let (table, row) = (&sides[1].table, pair.rows[1]);
            let corners = table.boxes.at(row).map(plain).join(" ");
            let [earlier, later] = pair.losses.map(|loss| amount(loss, 4));
            text += &format!(
                "  row {row}, image {}, label {}, box {corners}: {earlier} to {later}\n",
                short(table.images.of(row)),
                short(table.labels.of(row))
            );
        }
    }
    let [first, second] = [0, 1].map(|side| sides[side].table.len() - pairs.len());
    let (harder, easier) = (
        pairs.iter().filter(|pair| pair.change() > 0.0).count(),
        pairs.iter().filter(|pair| pair.change() < 0.0).count(),
    );
    text += &format!(
        "\n{} RoIs in both, {} harder, {} easier; {} only in the earlier table, {} only in the later\n",
        count(pairs.len()),
        count(harder),
        count(easier),
        count(first),
        count(second)
    );
    text.into_bytes()
}

fn csv_text(sides: &[Side; 2], pairs: &[Pair]) -> Vec<u8> {
    let mut text = csv::Writer::from_writer(Vec::new());
    let mut write = |row: [String; 13]| text.write_record(row).expect("writing to memory cannot fail");
    let header = [
        "image",
        "x1",
        "y1",
        "x2",
        "y2",
        "label",
        "earlier_row",
        "later_row",
        "earlier_loss",
        "later_loss",
        "change",
        "earlier_selected",
        "later_selected",
    ];
    write(header.map(str::to_owned));
    for pair in pairs {
        let (table, [before, row]) = (&sides[1].table, pair.rows);
        let [x1, y1, x2, y2] = table.boxes.at(row).map(|side| side.to_string());
        let [earlier, later] = pair.losses.map(|loss| loss.to_string());
        let [was, is] = pair.is_selected.map(|selected| u8::from(selected).to_string());
        let (image, label) = (table.images.of(row).to_owned(), table.labels.of(row).to_owned());
        write([
            image,
            x1,
            y1,
            x2,
            y2,
            label,
            before.to_string(),
            row.to_string(),
            earlier,
            later,
            pair.change().to_string(),
            was,
            is,
        ]);
    }
    text.into_inner().expect("writing to memory cannot fail")
}

fn json_text(sides: &[Side; 2], pairs: &[Pair]) -> Vec<u8> {
    let rows = |which: fn(&Pair) -> bool| {
        pairs.iter().filter(|pair| which(pair)).map(|pair| pair.rows[1]).collect::<Vec<_>>()
    };
    let image = |image: &ImageChange<'_>| json!({ "image": image.name, "rois": image.rois, "newly_hard": image.newly_hard, "mean_loss": { "earlier": image.means[0], "later": image.means[1] } });
    let object = json!({
        "rois": pairs.len(),
        "only_earlier": sides[0].table.len() - pairs.len(),
        "only_later": sides[1].table.len() - pairs.len(),
        "harder": pairs.iter().filter(|pair| pair.change() > 0.0).count(),
        "easier": pairs.iter().filter(|pair| pair.change() < 0.0).count(),
        "newly_hard": rows(Pair::is_newly_hard),
        "no_longer_hard": rows(Pair::is_no_longer_hard),
        "images": images(sides, pairs).iter().map(image).collect::<Vec<_>>(),
    });
    escaped(&format!("{object}\n")).into_bytes()
}
