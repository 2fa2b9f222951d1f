//! Pictures given to draw over: a picture that cannot be decoded within limits is an error.

use image::{ImageFormat, Rgb, RgbImage};

use crate::run::{Folder, refused, run, stdout_of, warnings_of};

fn encoded(format: ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture =
        RgbImage::from_fn(64, 48, |x, y| Rgb([x, y, x * y % 251].map(|value| value.to_le_bytes()[0])));
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// The error for a photo, without its name.
fn refuse(photo: &[u8]) -> String {
    let folder = Folder::new();
    let file = folder.file("photo", photo);
    let mut said = Vec::new();
    for picture in ["hard.svg", "hard.png"] {
        let given = format!("0={file}");
        said.push(refused(&run(&["--picture", &folder.name(picture), "--image", &given])));
    }
    assert_eq!(folder.files(), ["photo"]);
    assert_eq!(said[0], said[1]);
    said[0].strip_prefix(&format!("{file}: ")).unwrap().to_owned()
}

#[test]
fn a_photo_that_is_cut_off_is_refused() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg] {
        let whole = encoded(format);
        for end in [60, whole.len() / 2, whole.len() - 20] {
            let said = refuse(&whole[..end]);
            assert!(said.len() < 200, "{said}");
        }
    }
    let jpeg = encoded(ImageFormat::Jpeg);
    assert_eq!(refuse(&jpeg[..jpeg.len() - 20]), "the JPEG is cut off: its end marker is missing");
}

#[test]
fn a_photo_of_too_many_pixels_is_refused_by_its_header() {
    let mut png = encoded(ImageFormat::Png);
    png[16..24].copy_from_slice(&[20_000_u32, 20_000].map(u32::to_be_bytes).concat());
    let crc = crc(&png[12..29]);
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    assert_eq!(refuse(&png), "the picture has more than 67108864 pixels (20000 x 20000)");
}

/// A few megabytes of profile become 700,000,000 bytes, which are not read: address space for them would be missing.
#[cfg(target_os = "linux")]
#[test]
fn a_colour_profile_takes_bounded_memory() {
    let mut png = encoded(ImageFormat::Png);
    let profile = [b"x\0\0".as_slice(), &zeros(700_000_000)].concat();
    let length = u32::try_from(profile.len()).unwrap().to_be_bytes();
    let chunk = [b"iCCP".as_slice(), &profile].concat();
    let chunk = [&length[..], &chunk, &crc(&chunk).to_be_bytes()].concat();
    png.splice(33..33, chunk); // after the header
    let folder = Folder::new();
    let (file, picture) = (folder.file("photo.png", png), folder.name("hard.png"));
    let script = "ulimit -v 500000; exec \"$0\" mine --quiet --picture \"$1\" --image \"0=$2\"";
    let shell = std::process::Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_ohem"), &picture, &file])
        .output();
    stdout_of(shell.unwrap());
    assert_eq!(folder.files(), ["hard.png", "photo.png"]);
}

/// A zlib stream of zeros in fixed codes: a zero, and matches of 258 bytes.
fn zeros(count: usize) -> Vec<u8> {
    let (mut bits, mut out) = (0_u64, vec![0x78, 0x01]);
    let mut length = 0;
    let mut push = |value: u64, width: u32, out: &mut Vec<u8>| {
        bits |= value << length;
        length += width;
        while length >= 8 {
            out.push(bits.to_le_bytes()[0]);
            (bits, length) = (bits >> 8, length - 8);
        }
    };
    push(0b011, 3, &mut out); // the last block, fixed codes
    push(0b0000_1100, 8, &mut out); // a zero
    for _ in 0..count / 258 {
        push(0b1010_0011, 8, &mut out); // a length of 258: 285 is 11000101, first bit first
        push(0, 5, &mut out); // a distance of 1
    }
    push(0, 7, &mut out); // the end
    push(0, 7, &mut out);
    out.extend([0; 4]); // a checksum that nobody gets to
    out
}

/// The checksum of a PNG's chunks.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(
            crc ^ u32::from(byte),
            |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 },
        )
    })
}

/// A JPEG of 64 x 32 pixels, red at the left and blue at the right, with an EXIF orientation.
fn turned(orientation: u8) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = RgbImage::from_fn(64, 32, |x, _| if x < 32 { Rgb([250, 0, 0]) } else { Rgb([0, 0, 250]) });
    picture.write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
    let mut exif = b"\xff\xe1\0\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    let jpeg = bytes.into_inner();
    [&jpeg[..2], &exif, &jpeg[2..]].concat()
}

/// The picture inside an SVG.
fn embedded(svg: &str) -> RgbImage {
    let (_, data) = svg.split_once(";base64,").unwrap();
    let data = data.split('"').next().unwrap();
    let bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, data).unwrap();
    image::load_from_memory(&bytes).unwrap().to_rgb8()
}

fn is_red(Rgb([red, green, blue]): &Rgb<u8>) -> bool {
    *red > 150 && *green < 90 && *blue < 110
}

#[test]
fn a_photo_is_turned_as_its_camera_says() {
    let folder = Folder::new();
    let table = folder.file("rois.csv", "image,x1,y1,x2,y2,label,loss\n0,0,0,9,9,1,1\n");
    let drawn = |orientation: u8| {
        let photo = format!("0={}", folder.file("photo.jpg", turned(orientation)));
        let picture = folder.name("hard.svg");
        stdout_of(run(&[&table, "--picture", &picture, "--image", &photo]));
        embedded(&std::fs::read_to_string(&picture).unwrap())
    };
    let (stored, upside_down, right) = (drawn(1), drawn(3), drawn(6));
    assert!(is_red(stored.get_pixel(5, 5)) && !is_red(stored.get_pixel(60, 5)));
    assert!(is_red(upside_down.get_pixel(60, 5)) && !is_red(upside_down.get_pixel(5, 5)));
    assert_eq!(right.dimensions(), (32, 64));
    assert!(is_red(right.get_pixel(5, 5)) && !is_red(right.get_pixel(5, 60)));
}

#[test]
fn a_photo_in_cmyk_is_drawn_in_its_colours() {
    let folder = Folder::new();
    let photo = format!("0={}", folder.file("photo.jpg", include_bytes!("../data/cmyk.jpg")));
    let table = folder.file("rois.csv", "image,x1,y1,x2,y2,label,loss\n0,0,0,9,9,1,1\n");
    let picture = folder.name("hard.svg");
    stdout_of(run(&[&table, "--picture", &picture, "--image", &photo]));
    let drawn = embedded(&std::fs::read_to_string(&picture).unwrap());
    let Rgb(colour) = *drawn.get_pixel(8, 6);
    assert!(colour.iter().zip([200, 30, 60]).all(|(&is, should)| is.abs_diff(should) < 12), "{colour:?}");
    stdout_of(run(&[&table, "--picture", &folder.name("hard.png"), "--image", &photo]));
}

#[test]
fn a_photo_of_another_size_is_told_of() {
    let folder = Folder::new();
    let photo = format!("a={}", folder.file("photo.png", encoded(ImageFormat::Png))); // 64 x 48
    let said = |table: &str| {
        let table = folder.file("rois.csv", table);
        let output = run(&[&table, "--picture", &folder.name("hard.svg"), "--image", &photo]);
        warnings_of(&output)
    };
    let beyond = said("image,x1,y1,x2,y2,label,loss\na,0,0,100,40,1,1\n");
    assert_eq!(beyond, ["boxes of image a reach to x 100 and y 40 but its picture is 64 x 48"]);
    let stated = said("image,width,height,x1,y1,x2,y2,label,loss\na,128,96,0,0,9,9,1,1\n");
    assert_eq!(stated, ["image a is 128 x 96 in the table but 64 x 48 in its picture"]);
    assert!(said("image,width,height,x1,y1,x2,y2,label,loss\na,64,48,0,0,64,48,1,1\n").is_empty());
    assert!(said("image,x1,y1,x2,y2,label,loss\na,0,0,65,48.5,1,1\n").is_empty());
}
