//! Average performance gap recovered: how well an order of queries finds what the stronger rung gains.

/// Average performance gap recovered: the area under the share of the whole gain that is had when queries go to the higher
/// rung in falling order of `scores`, over the share of queries that go there. `weights` count queries several times.
/// None where the whole gain is not above 0.
pub fn apgr(scores: &[f64], gains: &[f64], weights: &[f64]) -> Option<f64> {
    let mut order: Vec<usize> = (0..scores.len().min(gains.len()).min(weights.len())).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(a.cmp(&b)));
    area(&order, gains, weights)
}

/// The area, for queries that are in order already.
pub(super) fn area(order: &[usize], gains: &[f64], weights: &[f64]) -> Option<f64> {
    let total: f64 = order.iter().map(|&i| gains[i] * weights[i]).sum();
    let count: f64 = order.iter().map(|&i| weights[i]).sum();
    if !(total > 1e-9 && count > 0.0) {
        return None;
    }
    let (mut had, mut area) = (0.0, 0.0);
    for &i in order {
        let next = had + gains[i] * weights[i];
        area += weights[i] * (had + next) / 2.0;
        had = next;
    }
    Some(area / (count * total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_area_is_half_at_random_and_more_in_order() {
        let gains = [1.0, 0.0, 0.0, 1.0];
        let even = [1.0; 4];
        assert!((apgr(&[4.0, 3.0, 2.0, 1.0], &gains, &even).unwrap() - 0.5).abs() < 1e-12);
        let best = apgr(&[2.0, 0.0, 0.0, 1.0], &gains, &even).unwrap();
        assert!((best - 0.75).abs() < 1e-12, "{best}");
        assert_eq!(apgr(&[1.0, 2.0], &[1.0, -1.0], &[1.0; 2]), None);
        assert_eq!(apgr(&[], &[], &[]), None);
    }
}
