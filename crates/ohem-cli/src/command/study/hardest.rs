//! Draws the hardest RoIs of a test image, after the first and after the last epoch.

use ohem_study::{Data, HardRoi, Hardest, Plan, Run, Sampler};
use svg::Document;
use svg::node::element::{Group, Image, Rectangle};

use super::args::StudyArgs;
use crate::command::failure::Failure;
use crate::command::picture::{BACKGROUND, FAMILIES, FOREGROUND, Fonts, GREY, INK, Photo, ink_on, text};

const MARGIN: f64 = 32.0;
const GAP: f64 = 20.0;
/// Width of a panel.
const PANEL: f64 = 620.0;
/// Top of the panels, below the title and their captions.
const TOP: f64 = 96.0;
/// Height of the key and a note below the panels.
const FOOT: f64 = 74.0;

/// Reads the photo to draw the RoIs over, if a folder of photos was given.
///
/// # Errors
///
/// If the photo is missing or not a picture.
pub(crate) fn photo(args: &StudyArgs, data: &Data, plan: &Plan) -> Result<Option<Photo>, Failure> {
    let Some(folder) = &args.images else { return Ok(None) };
    let name = data.image_name(plan.pictured).ok_or_else(|| {
        Failure::input(
            "--pictured",
            format!("test image {} has no ground truth, so its name is unknown", plan.pictured),
        )
    })?;
    let files = ["jpg", "jpeg", "png"].map(|extension| folder.join(format!("{name}.{extension}")));
    let file = files.iter().find(|file| file.exists()).unwrap_or(&files[0]);
    let photo = Photo::read(file)?;
    photo.check_renderable().map_err(|problem| Failure::input(file.display(), problem))?;
    Ok(Some(photo))
}

/// Draws the hardest RoIs of a run of OHEM, else of the first run; `None` if no run recorded any.
pub(crate) fn draw(data: &Data, runs: &[Run], photo: Option<&Photo>, fonts: &Fonts) -> Option<String> {
    let run = runs.iter().find(|run| run.sampler == Sampler::Ohem).or(runs.first())?;
    let first = run.hardest.first()?;
    let size = match photo {
        Some(photo) => [photo.width, photo.height],
        None => data.image_size(first.image)?.map(f64::from),
    };
    let scale = PANEL / size[0];
    let height = size[1] * scale;
    let panels = run.hardest.len() as f64;
    let sheet = [2.0 * MARGIN + panels * PANEL + (panels - 1.0) * GAP, TOP + height + FOOT];
    let mut document = blank(sheet);
    let image = data.image_name(first.image).map_or_else(|| first.image.to_string(), str::to_owned);
    let title = format!("The hardest RoIs of test image {image}, trained with {}", run.sampler);
    document = document.add(text((MARGIN, 42.0), 21.0, &title).set("font-weight", "bold").set("fill", INK));
    for (at, hardest) in run.hardest.iter().enumerate() {
        let panel = Panel { data, photo, fonts, scale, height, left: MARGIN + at as f64 * (PANEL + GAP) };
        document = document.add(panel.draw(hardest));
    }
    let note = "Dashed: ground truth. Numbers: losses. Background has IoU below 0.5 with ground truth.";
    let note = text((MARGIN, sheet[1] - 16.0), 13.0, note).set("fill", GREY);
    Some(format!("{}\n", document.add(key(data, fonts, TOP + height + 26.0)).add(note)))
}

fn blank([width, height]: [f64; 2]) -> Document {
    let paper = Rectangle::new().set("width", "100%").set("height", "100%").set("fill", "#fff");
    Document::new()
        .set("width", width)
        .set("height", height)
        .set("viewBox", (0, 0, width, height))
        .set("font-family", FAMILIES)
        .add(paper)
}

/// An image and the RoIs in it.
struct Panel<'a> {
    data: &'a Data,
    photo: Option<&'a Photo>,
    fonts: &'a Fonts,
    /// Units of the sheet per pixel.
    scale: f64,
    height: f64,
    left: f64,
}

impl Panel<'_> {
    fn draw(&self, hardest: &Hardest) -> Group {
        let of_background = hardest.rois.iter().filter(|roi| roi.label == 0).count();
        let caption = format!(
            "after epoch {}: {} hardest, {of_background} of them background",
            hardest.epoch,
            hardest.rois.len()
        );
        let mut group = Group::new().add(text((self.left, TOP - 12.0), 16.0, &caption).set("fill", INK));
        group = group.add(
            self.rectangle([0.0, 0.0, PANEL / self.scale, self.height / self.scale]).set("fill", "#f6f8fa"),
        );
        if let Some(photo) = self.photo {
            group = group.add(self.image(photo));
        }
        for (_, truth) in self.data.ground_truth(hardest.image) {
            let corners = [truth.x1, truth.y1, truth.x2, truth.y2].map(f64::from);
            let line = self.outline(corners).set("stroke", INK).set("stroke-width", 1.2);
            group = group.add(line.set("stroke-dasharray", "5 4"));
        }
        for roi in hardest.rois.iter().rev() {
            let corners = roi.bbox.map(f64::from);
            let edge = self
                .outline(corners)
                .set("stroke", "#fff")
                .set("stroke-width", 4.4)
                .set("stroke-opacity", 0.8);
            let line = self.outline(corners).set("stroke", colour(roi.label)).set("stroke-width", 2.2);
            group = group.add(edge).add(line);
        }
        for roi in hardest.rois.iter().rev() {
            group = group.add(self.tag(roi));
        }
        group
    }

    fn image(&self, photo: &Photo) -> Image {
        Image::new()
            .set("x", self.left)
            .set("y", TOP)
            .set("width", PANEL)
            .set("height", self.height)
            .set("preserveAspectRatio", "none")
            .set("href", photo.link.as_str())
    }

    /// The loss of a RoI in the corner of its box.
    fn tag(&self, roi: &HardRoi) -> Group {
        let name = text((0.0, 0.0), 11.5, &format!("{:.1}", roi.loss)).set("font-weight", "bold");
        let width = self.fonts.width(&name) + 6.0;
        let x = (self.left + f64::from(roi.bbox[0]) * self.scale).min(self.left + PANEL - width);
        let y = (TOP + f64::from(roi.bbox[1]) * self.scale).min(TOP + self.height - 15.0);
        let back = Rectangle::new().set("x", x).set("y", y).set("width", width).set("height", 15);
        let name = name.set("x", x + 3.0).set("y", y + 11.5).set("fill", ink_on(colour(roi.label)));
        Group::new().add(back.set("fill", colour(roi.label))).add(name)
    }

    /// The outline of a box whose corners are pixels inside it.
    fn outline(&self, [x1, y1, x2, y2]: [f64; 4]) -> Rectangle {
        self.rectangle([x1, y1, x2 - x1 + 1.0, y2 - y1 + 1.0]).set("fill", "none")
    }

    fn rectangle(&self, [x, y, width, height]: [f64; 4]) -> Rectangle {
        Rectangle::new()
            .set("x", self.left + x * self.scale)
            .set("y", TOP + y * self.scale)
            .set("width", width * self.scale)
            .set("height", height * self.scale)
    }
}

/// The width to which the name of a class is shortened.
const NAME: f64 = 240.0;

/// The key of the colours.
fn key(data: &Data, fonts: &Fonts, y: f64) -> Group {
    let names = data.classes().iter().map(String::as_str);
    let (mut group, mut x) = (Group::new(), MARGIN);
    for (label, name) in (0..).zip(["background"].into_iter().chain(names)) {
        let mark = Rectangle::new().set("x", x).set("y", y - 11.0).set("width", 14).set("height", 14);
        let name = text((x + 20.0, y), 14.0, &fonts.beginning(name, 14.0, NAME)).set("fill", INK);
        x += 44.0 + fonts.width(&name);
        group = group.add(mark.set("fill", colour(label))).add(name);
    }
    group
}

/// The colour of a label. All labels beyond the sixth share one.
fn colour(label: u32) -> &'static str {
    match (label as usize).checked_sub(1) {
        None => BACKGROUND,
        Some(class) => FOREGROUND.get(class).copied().unwrap_or(INK),
    }
}
