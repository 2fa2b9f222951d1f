use super::*;

const HEADER: &str = "image,split,width,height,x1,y1,x2,y2,label\n";

fn parsed(rows: &str) -> Result<Annotations, PrepareError> {
    Annotations::parse(Path::new("t.csv"), format!("{HEADER}{rows}").as_bytes())
}

fn refused(rows: &str) -> String {
    parsed(rows).unwrap_err().to_string()
}

#[test]
fn rows_of_a_picture_come_together() {
    let rows = "a,train,9,8,1,1,9,8,x\nb,test,9,8,,,,,\na,train,9,8,2,2,3,3,y\nc,val,9,8,2,2,3,3,y\n";
    let table = parsed(rows).unwrap();
    assert_eq!(table.classes, ["y", "x"]); // two boxes, one box
    let [a, b, c] = table.pictures.as_slice() else { panic!("three pictures") };
    assert_eq!((a.boxes.as_slice(), a.labels.as_slice()), (&[[0, 0, 8, 7], [1, 1, 2, 2]][..], &[2, 1][..]));
    assert_eq!((b.split, b.boxes.len(), b.line), (PictureSplit::Test, 0, 3));
    assert_eq!((c.split, c.labels.as_slice()), (PictureSplit::Validation, &[1][..]));
}

#[test]
fn columns_go_by_name() {
    let text = "label,note,y2,x2,y1,x1,height,width,split,image\nx,?,4,3,2,1,8,9,train,a\n";
    let table = Annotations::parse(Path::new("t.csv"), text.as_bytes()).unwrap();
    assert_eq!(table.pictures[0].boxes, [[0, 1, 2, 3]]);
    let missing = Annotations::parse(Path::new("t.csv"), b"image,split\n").unwrap_err();
    assert_eq!(missing.to_string(), "t.csv: line 1: missing column: width");
}

#[test]
fn boxes_without_area_are_left_out_and_counted() {
    let table = parsed("a,train,9,8,5,5,5,8,x\na,train,9,8,7,5,6,8,x\na,train,9,8,5,5,6,6,x\n").unwrap();
    assert_eq!((table.degenerate.as_slice(), table.pictures[0].boxes.len()), (&[2, 3][..], 1));
}

#[test]
fn cells_as_pandas_writes_them_are_read() {
    let table = parsed(
        "a,train,9.0,8.0,1.0,1.0,9.0,8.00,x\nb,test,9.0,8.0,,,,,\nc,test,9.0,8.0,NaN,nan,<NA>,NA,NaN\n",
    )
    .unwrap();
    assert_eq!(table.pictures[0].boxes, [[0, 0, 8, 7]]);
    assert_eq!([table.pictures[1].boxes.len(), table.pictures[2].boxes.len()], [0, 0]);
    // A class may have such a name.
    assert_eq!(parsed("a,train,9,8,1,1,9,8,None\n").unwrap().classes, ["None"]);
    assert!(refused("a,train,9,8,1,1.5,9,8,x\n").ends_with("found \"1.5\""));
}

#[test]
fn many_boxes_without_area_are_refused() {
    let good = "a,train,90,80,1,1,9,8,x\n".repeat(9);
    let table = parsed(&format!("{good}a,train,90,80,50,50,9,8,x\n")).unwrap();
    assert_eq!(table.check_left_out(0.1), Ok(()));
    let refused = table.check_left_out(0.05).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "t.csv: line 11: 1 of 10 boxes do not have x1 < x2 and y1 < y2, more than a share of 0.05; are these \
         columns corners, or width and height?"
    );
    assert_eq!(parsed("a,train,9,8,,,,,\n").unwrap().check_left_out(0.0), Ok(()));
}

#[test]
fn an_invalid_line_is_named() {
    let good = "a,train,9,8,1,1,9,8,x\n";
    let cases = [
        ("a,train,9,8,1,1,9,8\n", "the row has 8 cells but the header has 9"),
        ("b,valid,9,8,1,1,9,8,x\n", "split: expected train, val or test, found \"valid\""),
        ("b,train,9,8,1,1,9.5,8,x\n", "x2: expected a whole number from 1 to 65535, found \"9.5\""),
        ("b,train,9,8,0,1,9,8,x\n", "x1: expected a whole number from 1 to 65535, found \"0\""),
        ("b,train,9,8,1,1,9,9,x\n", "y2: expected at most 8, the side of the picture, found 9"),
        ("b,train,0,8,1,1,9,8,x\n", "width: expected a whole number from 1 to 65535, found \"0\""),
        ("b,train,9,8,1,1,9,8,\n", "label: expected a text, found an empty cell"),
        ("b,train,9,8,1,1,9,8,\"x\ny\"\n", "label: \"x\\ny\" has a line break"),
        (",train,9,8,1,1,9,8,x\n", "image: expected a name, found an empty cell"),
        ("a,test,9,8,1,1,9,8,x\n", "split, width or height differs from line 2 of this image"),
        ("a,train,9,7,1,1,9,7,x\n", "split, width or height differs from line 2 of this image"),
    ];
    for (row, why) in cases {
        assert_eq!(refused(&format!("{good}{row}")), format!("t.csv: line 3: {why}"));
    }
}

#[test]
fn too_many_classes_are_refused() {
    let rows: String = (0..256).map(|class| format!("a,train,9,8,1,1,9,8,{class}\n")).collect();
    assert_eq!(refused(&rows), "t.csv: 256 classes but at most 255 are supported");
}
