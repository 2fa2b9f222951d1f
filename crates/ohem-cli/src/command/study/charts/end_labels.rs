//! Heights of names at the ends of curves.

/// Moves heights apart, so that each is at least `gap` below the one before it, and the last at most at `bottom`.
///
/// The order of the heights stays. Names that would overlap are centred around their ends.
pub(super) fn spread(heights: &[i32], gap: i32, bottom: i32) -> Vec<i32> {
    let mut order: Vec<usize> = (0..heights.len()).collect();
    order.sort_by_key(|&at| heights[at]);
    // Groups of names that touch: how many, and the sum of the heights that each would give the group's first name.
    let mut groups: Vec<(i32, i32)> = Vec::new();
    for &at in &order {
        let mut group = (1, heights[at]);
        while let Some(&(count, sum)) = groups.last() {
            if sum / count + count * gap <= group.1 / group.0 {
                break;
            }
            groups.pop();
            group = (count + group.0, sum + group.1 - group.0 * count * gap);
        }
        groups.push(group);
    }
    let placed = groups.iter().flat_map(|&(count, sum)| (0..count).map(move |nth| sum / count + nth * gap));
    let mut placed: Vec<i32> = placed.collect();
    let mut limit = bottom;
    for y in placed.iter_mut().rev() {
        *y = (*y).min(limit);
        limit = *y - gap;
    }
    let mut spread = vec![0; heights.len()];
    order.into_iter().zip(placed).for_each(|(at, y)| spread[at] = y);
    spread
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn names_do_not_overlap_and_stay_near_their_ends() {
        assert_eq!(spread(&[300, 100, 200], 20, 400), [300, 100, 200]);
        assert_eq!(spread(&[100, 100], 20, 400), [90, 110]);
        assert_eq!(spread(&[110, 100, 105], 20, 400), [125, 85, 105]);
        assert_eq!(spread(&[100, 110, 128], 20, 400), [92, 112, 132]);
        assert_eq!(spread(&[390, 399], 20, 400), [380, 400]);
        assert_eq!(spread(&[], 20, 400), [0; 0]);
    }
}
