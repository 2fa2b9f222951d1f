use super::*;

const HEADER: &str = "image,x1,y1,x2,y2,label,loss,note\n";

fn read(rows: &str) -> Result<RoiTable, TableError> {
    RoiTable::read(
        Cow::Owned(format!("{HEADER}{rows}").into_bytes()),
        &RequestedColumns::loss("loss"),
        |_| {},
    )
}

#[test]
fn rows_are_read_and_kept_as_written() {
    let table = read("7,1,2,3,4.5,cat,0.5,\"a,\n\"\"b\"\"\"\r\n\r\n8,1,2,3,inf,0, -1e3 ,\n").unwrap();
    let boxes: Vec<_> = table.boxes.iter().collect();
    assert_eq!(boxes, [[1.0, 2.0, 3.0, 4.5], [1.0, 2.0, 3.0, f64::INFINITY]]);
    assert_eq!((&table.losses, table.len()), (&vec![0.5, -1000.0].into(), 2));
    assert_eq!(&*table.header(), HEADER.trim_end().as_bytes());
    assert_eq!(*table.rows(&[0]).unwrap()[0], *b"7,1,2,3,4.5,cat,0.5,\"a,\n\"\"b\"\"\"");
    assert_eq!(*table.rows(&[1]).unwrap()[0], *b"8,1,2,3,inf,0, -1e3 ,");
    assert_eq!([0, 1].map(|row| table.place(row)), [Place::Line(2), Place::Line(5)]);
    assert_eq!((table.images.of(1), table.labels.of(0)), ("8", "cat"));
}

#[test]
fn a_file_may_lack_its_last_line_end_and_have_a_mark() {
    let text = format!("\u{feff}{HEADER}7,1,2,3,4,0,1,x");
    let table =
        RoiTable::read(Cow::Owned(text.into_bytes()), &RequestedColumns::loss("loss"), |_| {}).unwrap();
    assert_eq!((table.len(), &*table.rows(&[0]).unwrap()[0]), (1, &b"7,1,2,3,4,0,1,x"[..]));
}

#[test]
fn what_is_wrong_is_named() {
    let good = "7,1,2,3,4,0,1,x\n";
    let cases = [
        ("7,1,2,3,4,0\n", "line 3, column 7 (loss): the row has 6 cells but the header has 8"),
        ("7,1,2,3,4,0,1,x,y,z\n", "line 3, column 9 (\"\"): the row has 10 cells but the header has 8"),
        ("7,1,2,3 px,4,0,1,x\n", "line 3, column 4 (x2): expected a number, found \"3 px\""),
        ("7,1,2,3,4,0,,x\n", "line 3, column 7 (loss): expected a number, found an empty cell"),
        (
            ",1,2,3,4,0,1,x\n",
            "line 3, column 1 (image): expected a whole number or text, found an empty cell",
        ),
        (
            "\n\r\n7,1,2,3,4, ,1,x\n",
            "line 5, column 6 (label): expected a whole number or text, found an empty cell",
        ),
        (
            "7,1,2,3,4,0,1,\"x\n7,1,2,3,4,0,1,x\n",
            "line 3, column 8 (note): this row opens a quotation mark that is never closed",
        ),
    ];
    for (bad, said) in cases {
        assert_eq!(read(&format!("{good}{bad}")).unwrap_err().to_string(), said);
    }
}

#[test]
fn bytes_that_are_no_text_are_named() {
    let mut text = format!("{HEADER}7,1,2,3,4,0,1,x\n7,1,2,3,4,").into_bytes();
    text.extend(b"\xff,1,x\n");
    let error = RoiTable::read(Cow::Owned(text), &RequestedColumns::loss("loss"), |_| {}).unwrap_err();
    assert_eq!(error.to_string(), "line 3, column 6 (label): the cell is not UTF-8");
    let error = RoiTable::read(Cow::Borrowed(b"\xff\xfei\0m\0,b\n"), &RequestedColumns::loss("loss"), |_| {})
        .unwrap_err();
    assert_eq!(error.to_string(), "line 1, column 1 (header): the cell is not UTF-8");
}

#[test]
fn no_rows_and_no_header_are_told_apart() {
    assert_eq!(read("").unwrap().len(), 0);
    let error = RoiTable::read(Cow::Borrowed(b""), &RequestedColumns::loss("loss"), |_| {}).unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 1: missing column: image (image_id, images, image_ids, img, img_id, imageid, filename, \
         file_name, image_name, image_path, file, path); the file has no header line"
    );
}

#[test]
fn comments_and_other_delimiters_are_known() {
    let text = "# made by hand\nimage;x1;y1;x2;y2;label;loss;note\n# a note\n7;1;2;3;4;0;1;x\n\n\
                #8;1;2;3;4;0;1;x\n9;1;2;3;4;0;2;x,y\n";
    let table = RoiTable::read(text.as_bytes().into(), &RequestedColumns::loss("loss"), |_| {}).unwrap();
    assert_eq!((table.len(), &table.losses, table.images.of(1)), (2, &vec![1.0, 2.0].into(), "9"));
    assert_eq!(
        (&*table.header(), &*table.rows(&[1]).unwrap()[0]),
        (&b"image;x1;y1;x2;y2;label;loss;note"[..], &b"9;1;2;3;4;0;2;x,y"[..])
    );
    assert_eq!([0, 1].map(|row| table.place(row)), [Place::Line(4), Place::Line(7)]);
    assert_eq!(table.row_comments, Some((1, 6)));
}

#[test]
fn a_loss_may_be_a_sum() {
    let text = b"image,x1,y1,x2,y2,label,loss_cls,loss_bbox\n7,1,2,3,4,0,1,0.5\n";
    let of = |columns: &[(&str, f64)]| {
        let loss = LossSource::Columns(columns.iter().map(|&(name, weight)| (name, weight)).collect());
        let requested = RequestedColumns { loss, ..RequestedColumns::loss("") };
        RoiTable::read(text.into(), &requested, |_| {}).unwrap()
    };
    assert_eq!(of(&[("loss_cls", 1.0), ("loss_bbox", 1.0)]).losses, vec![1.5].into());
    assert_eq!(of(&[("loss_cls", 2.0), ("loss_bbox", 10.0)]).losses, vec![7.0].into());
    assert_eq!(of(&[("loss_cls", 1.0)]).computed_loss(), None);
    assert_eq!(of(&[("loss_cls", 2.0)]).computed_loss(), Some("loss"));
}
