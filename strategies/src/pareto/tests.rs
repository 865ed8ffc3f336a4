//! Against counting, inclusion and exclusion, and the definitions.
#![expect(clippy::float_cmp, reason = "sums of whole numbers, and of nothing, are exact")]

use proptest::prelude::*;

use super::*;

/// Points of few whole values: with duplicates, equal coordinates and points behind the reference.
fn whole_points(objectives: usize) -> impl Strategy<Value = Vec<Vec<f64>>> {
    prop::collection::vec(prop::collection::vec((0..6_i32).prop_map(f64::from), objectives), 0..12)
}

fn any_points(objectives: usize, most: usize) -> impl Strategy<Value = Vec<Vec<f64>>> {
    prop::collection::vec(prop::collection::vec(-1.0..1.0, objectives), 0..=most)
}

/// How many cells of side 1 between 0 and `end` some point wins.
fn counted(points: &[Vec<f64>], objectives: usize, end: u32) -> f64 {
    let all = (0..end.pow(u32::try_from(objectives).unwrap())).map(|number| {
        (0..objectives)
            .map(|objective| f64::from(number / end.pow(u32::try_from(objective).unwrap()) % end))
            .collect::<Vec<f64>>()
    });
    let wins = |point: &Vec<f64>, cell: &[f64]| point.iter().zip(cell).all(|(p, c)| p <= c);
    let won = all.filter(|cell| points.iter().any(|point| wins(point, cell))).count();
    f64::from(u32::try_from(won).unwrap())
}

/// The volume of a union of boxes, by inclusion and exclusion.
fn included_and_excluded(points: &[Vec<f64>], reference: &[f64]) -> f64 {
    let mut sum = 0.0;
    for subset in 1_u32..1 << points.len() {
        let mut corner = vec![f64::NEG_INFINITY; reference.len()];
        for (index, point) in points.iter().enumerate() {
            if subset >> index & 1 == 1 {
                corner = corner.iter().zip(point).map(|(c, p)| c.max(*p)).collect();
            }
        }
        let volume: f64 = corner.iter().zip(reference).map(|(c, r)| (r - c).max(0.0)).product();
        sum += if subset.count_ones() % 2 == 1 { volume } else { -volume };
    }
    sum
}

fn volume(cell: &Cell, floor: f64) -> f64 {
    cell.low.iter().zip(&cell.high).map(|(low, high)| high - low.max(floor)).product()
}

fn overlap(a: &Cell, b: &Cell) -> bool {
    (0..a.low.len()).all(|k| a.low[k].max(b.low[k]) < a.high[k].min(b.high[k]))
}

/// The cells do not overlap, none of them is dominated, and with what is won they fill the space from `floor`, which is not
/// above any point.
fn assert_cut(points: &[Vec<f64>], reference: &[f64], floor: f64) {
    let cells = non_dominated_cells(points, reference);
    for (index, cell) in cells.iter().enumerate() {
        assert!(cell.low.iter().zip(&cell.high).all(|(low, high)| low < high), "{cell:?} is empty");
        assert!(cell.high.iter().zip(reference).all(|(high, r)| high <= r));
        assert!(!cells[..index].iter().any(|other| overlap(cell, other)), "{cell:?} overlaps");
        let wins = |point: &&Vec<f64>| point.iter().zip(&cell.high).all(|(p, high)| p < high);
        assert_eq!(points.iter().find(wins), None, "wins a part of {cell:?}");
    }
    let whole: f64 = reference.iter().map(|r| r - floor).product();
    let open: f64 = cells.iter().map(|cell| volume(cell, floor)).sum();
    let won = hypervolume(points, reference);
    assert!((open + won - whole).abs() <= 1e-9 * whole, "{open} and {won} are not {whole}");
}

proptest! {
    #[test]
    fn hypervolume_is_what_counting_says(points in (1..=5_usize).prop_flat_map(whole_points)) {
        let objectives = points.first().map_or(2, Vec::len);
        let won = hypervolume(&points, &vec![5.0; objectives]);
        prop_assert_eq!(won, counted(&points, objectives, 5));
    }

    #[test]
    fn hypervolume_is_what_inclusion_and_exclusion_say(
        points in (1..=6_usize).prop_flat_map(|objectives| any_points(objectives, 8)),
    ) {
        let objectives = points.first().map_or(2, Vec::len);
        let reference: Vec<f64> = [0.7, 1.2, 0.4, 2.0, 0.9, 0.5][..objectives].to_vec();
        let won = hypervolume(&points, &reference);
        let expected = included_and_excluded(&points, &reference);
        prop_assert!((won - expected).abs() < 1e-10, "{} is not {}", won, expected);
    }

    #[test]
    fn cells_fill_what_is_not_won_and_do_not_overlap(
        points in (1..=4_usize).prop_flat_map(|objectives| any_points(objectives, 14)),
    ) {
        let objectives = points.first().map_or(2, Vec::len);
        assert_cut(&points, &[0.7, 1.2, 0.4, 2.0][..objectives], -1.0);
    }

    #[test]
    fn cells_are_right_where_coordinates_are_equal(
        points in (1..=4_usize).prop_flat_map(whole_points),
    ) {
        assert_cut(&points, &vec![5.0; points.first().map_or(2, Vec::len)], 0.0);
    }

    #[test]
    fn a_rank_is_the_number_of_fronts_that_are_taken_away_before(
        points in (1..=4_usize).prop_flat_map(whole_points),
    ) {
        let ranks = ranks(&points);
        let mut left: Vec<usize> = (0..points.len()).collect();
        for rank in 0.. {
            let undominated = |a: &usize| !left.iter().any(|b| dominates(&points[*b], &points[*a]));
            let best: Vec<usize> = left.iter().copied().filter(undominated).collect();
            if rank == 0 {
                prop_assert_eq!(&front(&points), &best);
            }
            for index in &best {
                prop_assert_eq!(ranks[*index], rank);
            }
            left.retain(|index| !best.contains(index));
            if left.is_empty() {
                break;
            }
        }
    }

    #[test]
    fn the_reference_is_behind_every_point_of_the_front(
        points in (1..=4_usize).prop_flat_map(whole_points),
    ) {
        prop_assume!(!points.is_empty());
        let front = front(&points);
        let reference = reference_point(&points, &front);
        for index in front {
            prop_assert!(points[index].iter().zip(&reference).all(|(p, r)| p < r));
        }
    }
}

#[test]
fn cells_are_few() {
    // Points on a sphere, by a rule without a pattern.
    let on_sphere = |number: i32, objectives: i32| -> Vec<f64> {
        let values = (0..objectives).map(|k| {
            let place = f64::from(number * (k + 3) + k) * 0.618_033_988_749_895;
            (place - place.floor() + 0.01 * f64::from(k)).max(0.01)
        });
        let values: Vec<f64> = values.collect();
        let length = values.iter().map(|v| v * v).sum::<f64>().sqrt();
        values.iter().map(|v| 1.0 - v / length).collect()
    };
    let count = |number: i32, objectives: i32| {
        let points: Vec<Vec<f64>> = (0..number).map(|n| on_sphere(n, objectives)).collect();
        let front = front(&points).len();
        let reference = vec![1.1; usize::try_from(objectives).unwrap()];
        (front, non_dominated_cells(&points, &reference).len())
    };
    let (front, cells) = count(100, 2);
    assert_eq!(cells, front + 1);
    let (front, cells) = count(60, 3);
    assert_eq!(cells, 2 * front + 1);
    let (front, cells) = count(60, 4);
    assert!(cells <= 10 * front, "{cells} for {front}");
}

#[test]
fn a_front_of_one_point_has_a_reference() {
    let points = |values: &[[f64; 2]]| values.iter().map(|v| v.to_vec()).collect::<Vec<_>>();
    assert_eq!(reference_point(&points(&[[-2.0, 0.0]]), &[0]), [0.0, 1.0]);
    assert_eq!(reference_point(&points(&[[1.0, 1.0], [3.0, 6.0]]), &[0]), [3.0, 6.0]);
    assert_eq!(
        reference_point(&points(&[[0.0, 3.0], [1.0, 1.0], [9.0, 9.0]]), &[0, 1]),
        [2.0, 5.0]
    );
}

#[test]
fn nothing_wins_nothing() {
    assert_eq!(hypervolume(&[], &[1.0, 1.0]), 0.0);
    assert_eq!(hypervolume(&[vec![1.0, 0.0]], &[1.0, 1.0]), 0.0);
    assert!(front(&[]).is_empty());
    assert!(ranks(&[]).is_empty());
    let whole = Cell { low: vec![f64::NEG_INFINITY; 3], high: vec![1.0; 3] };
    assert_eq!(non_dominated_cells(&[], &[1.0; 3]), [whole]);
    assert_eq!(front(&[vec![0.0, 1.0], vec![-0.0, 2.0]]), [0]);
}
