//! Rows as pieces of the file's text.

/// A row without the line ends around it. Those inside are between quotes and stay.
pub(super) fn trimmed(row: &[u8]) -> &[u8] {
    let end = |byte: &u8| !matches!(byte, b'\n' | b'\r');
    match (row.iter().position(end), row.iter().rposition(end)) {
        (Some(first), Some(last)) => &row[first..=last],
        _ => &[],
    }
}

/// The line, from 1, of the row that is read from `start`. Blank lines before it belong to no row.
pub(super) fn line_at(text: &[u8], start: usize) -> usize {
    let blank = text[start..].iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
    1 + text[..start + blank].iter().filter(|&&byte| byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_the_line_ends_between_their_quotes() {
        assert_eq!(trimmed(b"\r\n\"a\nb\",\"\n\"\r\n"), b"\"a\nb\",\"\n\"");
        assert_eq!(trimmed(b"\n\r\n"), b"");
    }

    #[test]
    fn blank_lines_are_counted_but_belong_to_no_row() {
        let text = b"a,b\n\n\n1,2\n3,4\n";
        assert_eq!([0, 4, 6, 10].map(|start| line_at(text, start)), [1, 4, 4, 5]);
    }
}
