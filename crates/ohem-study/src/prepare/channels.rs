//! Integral channels: what a picture looks like, as sums over rectangles.
//!
//! There are ten channels of whole numbers from 0 to 255: brightness, two colour differences, the magnitude of the
//! gradient, and six channels that split the magnitude by direction. Sums of whole numbers are exact, so they are
//! the same on every machine and for any number of threads.

use image::RgbImage;

use super::window::Window;

/// Number of channels.
pub const CHANNELS: usize = 10;

/// The first channels: brightness, red minus green, blue minus the mean of both.
pub(crate) const COLOURS: usize = 3;

/// The channel of the gradient's magnitude. The channels of its directions follow.
pub(crate) const MAGNITUDE: usize = COLOURS;

/// Maximum number of pixels of a rectangle, so that its sums fit into 32 bits.
pub const MAX_PIXELS: u64 = 1 << 24;

/// Unit vectors in steps of 30 degrees, scaled by 256. The first is horizontal, so that vertical and horizontal
/// edges, the most frequent ones, are in the middle of their channels.
const DIRECTIONS: [[i32; 2]; CHANNELS - MAGNITUDE - 1] =
    [[256, 0], [222, 128], [128, 222], [0, 256], [-128, 222], [-222, 128]];

/// The integral channels of a picture.
///
/// ```
/// use ohem_study::prepare::{Channels, Window};
///
/// let grey = image::RgbImage::from_pixel(8, 6, image::Rgb([90; 3]));
/// let means = Channels::of(&grey).means(Window { left: 2, top: 1, right: 6, bottom: 4 });
/// assert_eq!(means[..4], [90.0, 127.0, 127.0, 0.0]); // grey is in the middle of both differences
/// ```
#[derive(Clone, Debug)]
pub struct Channels {
    width: u32,
    height: u32,
    /// Sums over all pixels above and left of each corner between pixels. They may wrap; their differences are exact.
    sums: Vec<[u32; CHANNELS]>,
}

impl Channels {
    /// Computes the channels of a picture. O(pixels).
    pub fn of(picture: &RgbImage) -> Self {
        let (width, height) = picture.dimensions();
        let brightness: Vec<_> = picture.pixels().map(|pixel| luma(pixel.0)).collect();
        let stride = width as usize + 1;
        let mut sums = vec![[0_u32; CHANNELS]; stride * (height as usize + 1)];
        for y in 0..height {
            // Sums of this row up to the current pixel; those of the rows above are in `sums`.
            let mut row = [0_u32; CHANNELS];
            for x in 0..width {
                let at = |x: u32, y: u32| brightness[y as usize * width as usize + x as usize];
                let across = at((x + 1).min(width - 1), y) - at(x.saturating_sub(1), y);
                let down = at(x, (y + 1).min(height - 1)) - at(x, y.saturating_sub(1));
                let values = channels(picture.get_pixel(x, y).0, [across, down]);
                let above = y as usize * stride + x as usize + 1;
                for (channel, value) in values.into_iter().enumerate() {
                    row[channel] = row[channel].wrapping_add(value);
                    sums[above + stride][channel] = sums[above][channel].wrapping_add(row[channel]);
                }
            }
        }
        Self { width, height, sums }
    }

    /// Width and height of the picture.
    pub(crate) fn sides(&self) -> [i32; 2] {
        [self.width, self.height].map(u32::cast_signed)
    }

    /// The mean of each channel over the part of a window inside the picture; zeros if there is none.
    pub fn means(&self, window: Window) -> [f32; CHANNELS] {
        let (sums, area) = self.sums(window);
        sums.map(|sum| if area == 0 { 0.0 } else { sum as f32 / area as f32 })
    }

    /// The sum of each channel over the part of a window inside the picture, and the area of that part.
    pub fn sums(&self, window: Window) -> ([u32; CHANNELS], u32) {
        let clip = |value: i32, end: u32| value.clamp(0, end.cast_signed()).cast_unsigned();
        let [left, right] = [window.left, window.right].map(|x| clip(x, self.width));
        let [top, bottom] = [window.top, window.bottom].map(|y| clip(y, self.height));
        let at = |x: u32, y: u32| &self.sums[y as usize * (self.width as usize + 1) + x as usize];
        let (a, b, c, d) = (at(left, top), at(right, top), at(left, bottom), at(right, bottom));
        // Wrapping differences are exact, as the sum of a window fits into 32 bits.
        let sum = |k: usize| d[k].wrapping_sub(b[k]).wrapping_sub(c[k]).wrapping_add(a[k]);
        (core::array::from_fn(sum), (right - left) * (bottom - top))
    }
}

/// Brightness, in which green counts twice.
fn luma([red, green, blue]: [u8; 3]) -> i32 {
    (i32::from(red) + 2 * i32::from(green) + i32::from(blue)) / 4
}

/// The channels of a pixel, given the horizontal and vertical difference of brightness.
fn channels(rgb: [u8; 3], [across, down]: [i32; 2]) -> [u32; CHANNELS] {
    let [red, green, blue] = rgb.map(i32::from);
    let colours = [luma(rgb), (red - green + 255) / 2, (2 * blue - red - green + 510) / 4];
    let magnitude = ((across * across + down * down) / 2).isqrt();
    let along = |&[x, y]: &[i32; 2]| (across * x + down * y).abs();
    let best = DIRECTIONS.iter().enumerate().max_by_key(|(_, direction)| along(direction));
    let mut values = [0; CHANNELS];
    values[..COLOURS].copy_from_slice(&colours);
    values[MAGNITUDE] = magnitude;
    values[MAGNITUDE + 1 + best.map_or(0, |(index, _)| index)] = magnitude;
    values.map(i32::cast_unsigned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    /// Dark on the left, bright on the right, the edge between columns 4 and 5.
    fn halves() -> RgbImage {
        RgbImage::from_fn(10, 6, |x, _| if x < 5 { Rgb([0; 3]) } else { Rgb([200; 3]) })
    }

    #[test]
    fn sums_are_those_of_the_pixels() {
        let picture =
            RgbImage::from_fn(9, 7, |x, y| Rgb([x * 20, y * 30, x * y].map(|value| value.to_le_bytes()[0])));
        let channels = Channels::of(&picture);
        let window = Window { left: 2, top: 1, right: 7, bottom: 5 };
        let pixels = (1..5).flat_map(|y| (2..7).map(move |x| (x, y)));
        let wanted: i32 = pixels.map(|(x, y)| luma(picture.get_pixel(x, y).0)).sum();
        let (sums, area) = channels.sums(window);
        assert_eq!((sums[0], area), (wanted.cast_unsigned(), 20));
        let beyond = Window { left: -5, top: -5, right: 90, bottom: 90 };
        assert_eq!(channels.sums(beyond).1, 63);
        assert_eq!(channels.means(Window { left: 20, top: 0, right: 30, bottom: 5 }), [0.0; CHANNELS]);
    }

    #[test]
    fn an_edge_has_a_magnitude_and_a_direction() {
        let channels = Channels::of(&halves());
        let edge = channels.means(Window { left: 4, top: 0, right: 6, bottom: 6 });
        assert_eq!(edge[MAGNITUDE], 141.0); // 200 / sqrt(2)
        assert_eq!(edge[MAGNITUDE + 1..].iter().sum::<f32>(), edge[MAGNITUDE]);
        assert_eq!(edge[MAGNITUDE + 1], edge[MAGNITUDE]); // across
        let flat = channels.means(Window { left: 0, top: 0, right: 4, bottom: 6 });
        assert_eq!(flat[..=MAGNITUDE], [0.0, 127.0, 127.0, 0.0]);
    }

    #[test]
    fn every_channel_fits_into_a_byte() {
        let extremes = [0, 255].into_iter().flat_map(|r| [0, 255].map(|g| [r, g]));
        for [red, green] in extremes {
            for blue in [0, 255] {
                for step in [[-255, -255], [-255, 255], [255, 0], [0, 255], [255, 255]] {
                    let values = channels([red, green, blue], step);
                    assert!(values.iter().all(|&value| value < 256), "{values:?}");
                }
            }
        }
    }
}
