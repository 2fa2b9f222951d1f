//! Annotations of PASCAL VOC: an XML file for each image.

use std::fs;
use std::path::Path;

use roxmltree::{Document, Node};

use super::{Object, Truth, files};

/// Reads all XML files of a folder.
pub(super) fn folder(folder: &Path) -> Result<Truth, String> {
    let mut truth = Truth::default();
    for path in files(folder, "xml")? {
        let named =
            |why: String| format!("{}: {why}", path.file_name().unwrap_or_default().to_string_lossy());
        let bytes = fs::read(&path).map_err(|error| named(error.to_string()))?;
        add(&mut truth, &bytes, &path).map_err(named)?;
    }
    Ok(truth)
}

/// Reads one file.
pub(super) fn file(bytes: &[u8], path: &Path) -> Result<Truth, String> {
    let mut truth = Truth::default();
    add(&mut truth, bytes, path)?;
    Ok(truth)
}

fn add(truth: &mut Truth, bytes: &[u8], path: &Path) -> Result<(), String> {
    let text = str::from_utf8(bytes).map_err(|_| "the XML is not UTF-8".to_owned())?;
    let document = Document::parse(text).map_err(|error| format!("XML: {error}"))?;
    let root = document.root_element();
    if !root.has_tag_name("annotation") {
        return Err("expected <annotation> of PASCAL VOC".to_owned());
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let name = child_text(root, "filename").filter(|name| !name.is_empty()).unwrap_or(stem.clone());
    let index = truth.image_or_new(&name);
    truth.by_name.entry(stem).or_insert(index);
    if let Some(size) = child(root, "size") {
        let side = |name| child_text(size, name).and_then(|text| text.parse::<f64>().ok());
        truth.images[index].size = side("width").zip(side("height")).map(|(width, height)| [width, height]);
    }
    for (at, node) in root.children().filter(|node| node.has_tag_name("object")).enumerate() {
        let class = child_text(node, "name").ok_or_else(|| format!("object {at} has no name"))?;
        let bounds = child(node, "bndbox").ok_or_else(|| format!("object {at} has no bndbox"))?;
        let side = |name: &str| {
            let number = child_text(bounds, name).and_then(|text| text.parse::<f64>().ok());
            number.ok_or_else(|| format!("object {at} has no {name}"))
        };
        // Pixels are counted from 1, and both corners are inside.
        let corners = [side("xmin")? - 1.0, side("ymin")? - 1.0, side("xmax")?, side("ymax")?];
        let is_region = child_text(node, "difficult").is_some_and(|text| text == "1");
        truth.classes.insert(class.clone(), class.clone());
        truth.images[index].objects.push(Object { corners, class, is_region, id: at.to_string() });
    }
    Ok(())
}

fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|child| child.has_tag_name(name))
}

fn child_text(node: Node<'_, '_>, name: &str) -> Option<String> {
    Some(child(node, name)?.text()?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_from_1_become_continuous_boxes() {
        let text = b"<annotation><filename>a.jpg</filename><size><width>640</width><height>480</height></size>\
            <object><name>RBC</name><difficult>0</difficult><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>10</xmax>\
            <ymax>20</ymax></bndbox></object></annotation>";
        let truth = file(text, Path::new("x/b.xml")).unwrap();
        assert_eq!(["a.jpg", "a", "b"].map(|name| truth.image(name)), [Some(0); 3]);
        assert_eq!(truth.images[0].objects[0].corners, [0.0, 1.0, 10.0, 20.0]);
        assert_eq!(truth.images[0].size, Some([640.0, 480.0]));
        assert!(file(b"<svg/>", Path::new("b.xml")).is_err() && file(b"<a", Path::new("b.xml")).is_err());
    }
}
