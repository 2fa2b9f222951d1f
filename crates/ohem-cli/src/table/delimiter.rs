//! What separates the cells of a table.

/// Candidates; of those that occur equally often, the first counts.
const CANDIDATES: [u8; 4] = *b",\t;|";

/// The candidate that occurs most often in the header, outside of quotes; a comma without any.
///
/// ```text
/// image;x1;y1     ;
/// ```
pub(super) fn of(text: &[u8]) -> u8 {
    let mut counts = [0_usize; CANDIDATES.len()];
    let mut is_quoted = false;
    let lines = text.split(|&byte| byte == b'\n').map(|line| line.trim_ascii());
    let header = lines.filter(|line| !line.is_empty() && !line.starts_with(b"#")).take(1);
    for &byte in header.flatten() {
        is_quoted ^= byte == b'"';
        let candidate = CANDIDATES.iter().position(|&candidate| candidate == byte);
        if let Some(candidate) = candidate.filter(|_| !is_quoted) {
            counts[candidate] += 1;
        }
    }
    let most = counts.iter().max().copied().unwrap_or(0);
    let first = counts.iter().position(|&count| count == most).unwrap_or(0);
    CANDIDATES[first]
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn the_header_decides() {
        let cases: [(&[u8], u8); 6] = [
            (b"a,b\n1;2;3", b','),
            (b"# x;y;z\n\na\tb\n", b'\t'),
            (b"a;\"b,c,d,e\"\n", b';'),
            (b"a|b", b'|'),
            (b"a,b;c", b','),
            (b"", b','),
        ];
        assert!(cases.iter().all(|&(text, delimiter)| of(text) == delimiter));
    }
}
