//! Rows as pieces of the file's text.

/// A row without the line ends around it and the comments before it. Line ends inside are between quotes and stay.
pub(super) fn trimmed(row: &[u8], comments: bool) -> &[u8] {
    let row = &row[before(row, comments)..];
    let end = row.iter().rposition(|byte| !is_end(byte)).map_or(0, |last| last + 1);
    &row[..end]
}

/// The line, from 1, of the row that is read from `start`. Blank lines and comments before it belong to no row.
pub(super) fn line_at(text: &[u8], start: usize, comments: bool) -> usize {
    let row = start + before(&text[start..], comments);
    1 + text[..row].iter().filter(|&&byte| byte == b'\n').count()
}

/// The comments before the row that is read from here, without their marks.
pub(super) fn comments(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = &text[..before(text, true)];
    core::iter::from_fn(move || {
        let mark = rest.iter().position(|byte| !is_end(byte))?;
        let line = &rest[mark + 1..];
        let end = line.iter().position(|&byte| byte == b'\n').unwrap_or(line.len());
        rest = &line[end..];
        Some(&line[..end])
    })
}

/// Number of bytes of blank lines and comments at the beginning.
fn before(text: &[u8], comments: bool) -> usize {
    let mut at = 0;
    loop {
        at += text[at..].iter().take_while(|byte| is_end(byte)).count();
        if !comments || text.get(at) != Some(&b'#') {
            return at;
        }
        at += text[at..].iter().take_while(|&&byte| byte != b'\n').count();
    }
}

fn is_end(byte: &u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_the_line_ends_between_their_quotes() {
        assert_eq!(trimmed(b"\r\n\"a\nb\",\"\n\"\r\n", true), b"\"a\nb\",\"\n\"");
        assert_eq!(trimmed(b"\n\r\n", true), b"");
    }

    #[test]
    fn blank_lines_are_counted_but_belong_to_no_row() {
        let text = b"a,b\n\n\n1,2\n3,4\n";
        assert_eq!([0, 4, 6, 10].map(|start| line_at(text, start, true)), [1, 4, 4, 5]);
    }

    #[test]
    fn comments_before_a_row_do_not_belong_to_it() {
        let text = b"# one\n\n#two\r\n1,2\n";
        assert_eq!((trimmed(text, true), trimmed(text, false)), (&b"1,2"[..], &text[..text.len() - 1]));
        assert_eq!([line_at(text, 0, true), line_at(text, 0, false)], [4, 1]);
        assert_eq!(comments(text).collect::<Vec<_>>(), [&b" one"[..], b"two\r"]);
        assert_eq!((trimmed(b"# no end", true), comments(b"# no end").count()), (&b""[..], 1));
    }
}
