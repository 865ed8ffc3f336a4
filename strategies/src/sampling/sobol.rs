//! Sobol sequences, scrambled after Owen.

use super::joe_kuo::DIRECTIONS;

/// The most dimensions.
pub(super) const DIMENSIONS: usize = DIRECTIONS.len() + 1;

const BITS: u32 = 32;

/// The first `count` direction numbers of a dimension, the first bit on top.
fn directions(dimension: usize, count: usize) -> [u32; BITS as usize] {
    let mut v = [0; BITS as usize];
    let Some((a, m)) = dimension.checked_sub(1).map(|row| DIRECTIONS[row]) else {
        // The first dimension is van der Corput's sequence.
        for (bit, number) in (1..).zip(&mut v) {
            *number = 1 << (BITS - bit);
        }
        return v;
    };
    let degree = m.len();
    for bit in 0..count {
        if let Some(number) = m.get(bit) {
            v[bit] = number << (v.len() - 1 - bit);
            continue;
        }
        // Bratley and Fox, Algorithm 659, ACM Transactions on Mathematical Software 14, 1988.
        v[bit] = v[bit - degree] ^ (v[bit - degree] >> degree);
        for inner in 1..degree {
            if a >> (degree - 1 - inner) & 1 == 1 {
                v[bit] ^= v[bit - inner];
            }
        }
    }
    v
}

/// One coordinate of the point with that index as published, in the order of the Gray code: 2³² times what it is.
pub(super) fn plain(index: u32, dimension: usize) -> u32 {
    let gray = index ^ (index >> 1);
    let count = (BITS - gray.leading_zeros()) as usize;
    let directions = directions(dimension, count);
    let set = directions.iter().enumerate().filter(|(bit, _)| gray >> bit & 1 == 1);
    set.fold(0, |value, (_, direction)| value ^ direction)
}

/// The coordinate after nested uniform scrambling: each bit is turned or not by a coin that belongs to the bits before it
/// (Owen, "Randomly permuted (t,m,s)-nets and (t,s)-sequences", 1995). The coins are hashes, as in Burley, "Practical
/// hash-based Owen scrambling", Journal of Computer Graphics Techniques 9(4), 2020. In the open unit interval.
pub(super) fn scrambled(index: u32, dimension: usize, key: u64) -> f64 {
    let plain = plain(index, dimension);
    let key = mixed(key ^ mixed(dimension as u64));
    let mut value = plain;
    for bit in 0..BITS {
        // The bits before this one, behind a 1 that tells how many there are.
        let before = (1 << bit) | (u64::from(plain) >> (BITS - bit));
        if mixed(key ^ before) >> 63 == 1 {
            value ^= 1 << (BITS - 1 - bit);
        }
    }
    (f64::from(value) + 0.5) / (f64::from(u32::MAX) + 1.0)
}

/// A hash of 64 bits (the finalizer of `SplitMix64`; Steele, Lea and Flood 2014).
fn mixed(key: u64) -> u64 {
    let mut hash = key.wrapping_add(0x9e37_79b9_7f4a_7c15);
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_points_are_the_published_ones() {
        // The first ten points in three dimensions, from Joe and Kuo's notes that go with their program.
        let published = [
            [0.0, 0.0, 0.0],
            [0.5, 0.5, 0.5],
            [0.75, 0.25, 0.25],
            [0.25, 0.75, 0.75],
            [0.375, 0.375, 0.625],
            [0.875, 0.875, 0.125],
            [0.625, 0.125, 0.875],
            [0.125, 0.625, 0.375],
            [0.1875, 0.3125, 0.9375],
            [0.6875, 0.8125, 0.4375],
        ];
        for (index, point) in (0..).zip(published) {
            let found = [0, 1, 2].map(|d| f64::from(plain(index, d)) / 4_294_967_296.0);
            assert!(
                found.iter().zip(point).all(|(a, b)| (a - b).abs() < 1e-9),
                "{index}: {found:?}"
            );
        }
    }

    #[test]
    fn later_dimensions_are_those_of_scipy() {
        // scipy 1.17, `qmc.Sobol(100, scramble=False, bits=32)`, times 2³².
        let dimensions = [0, 1, 2, 3, 4, 9, 20, 50, 99];
        let scipy: [(u32, [u32; 9]); 3] = [
            (
                13,
                [
                    0xd000_0000,
                    0xb000_0000,
                    0xd000_0000,
                    0x1000_0000,
                    0x7000_0000,
                    0x7000_0000,
                    0x9000_0000,
                    0x3000_0000,
                    0x9000_0000,
                ],
            ),
            (
                42,
                [
                    0xfc00_0000,
                    0x5400_0000,
                    0x0400_0000,
                    0xbc00_0000,
                    0x7400_0000,
                    0x9c00_0000,
                    0x2400_0000,
                    0x1c00_0000,
                    0x7c00_0000,
                ],
            ),
            (
                63,
                [
                    0x0400_0000,
                    0xcc00_0000,
                    0x5c00_0000,
                    0x7400_0000,
                    0xdc00_0000,
                    0x9400_0000,
                    0x3c00_0000,
                    0x4400_0000,
                    0x1400_0000,
                ],
            ),
        ];
        for (index, row) in scipy {
            assert_eq!(dimensions.map(|d| plain(index, d)), row, "{index}");
        }
    }

    #[test]
    fn direction_numbers_are_odd_and_small_enough() {
        for (_, m) in DIRECTIONS {
            assert!((1..).zip(m).all(|(bits, number)| number % 2 == 1 && *number < 1 << bits));
        }
    }

    /// Of 2ᵐ points, how many lie in each box of 2ᵃ by 2ᵇ slices.
    fn counts(pair: [usize; 2], key: u64, m: u32, a: u32) -> Vec<u32> {
        let mut boxes = vec![0; 1 << m];
        for index in 0..1_u32 << m {
            let slice = |d: usize, slices: u32| {
                (0..slices)
                    .rev()
                    .find(|s| scrambled(index, d, key) * f64::from(slices) >= f64::from(*s))
                    .unwrap()
            };
            boxes[(slice(pair[0], 1 << a) << (m - a) | slice(pair[1], 1 << (m - a))) as usize] += 1;
        }
        boxes
    }

    #[test]
    fn scrambled_points_stay_a_net() {
        // The first two dimensions are a (0, m, 2)-net: every elementary box of volume 2⁻ᵐ has one point. Every single
        // dimension is stratified likewise.
        for key in [1, 2, 3] {
            for a in 0..=8 {
                assert!(counts([0, 1], key, 8, a).iter().all(|n| *n == 1), "{key} {a}");
            }
            for dimension in [2, 17, 99] {
                assert!(counts([dimension, 0], key, 8, 8).iter().all(|n| *n == 1), "{dimension}");
            }
        }
    }

    #[test]
    fn scramblings_are_even_and_unlike() {
        // The first point is anywhere, whatever the dimension.
        let firsts: Vec<f64> = (0..1000).map(|key| scrambled(0, 5, key)).collect();
        let mean = firsts.iter().sum::<f64>() / 1000.0;
        assert!((mean - 0.5).abs() < 0.04, "{mean}");
        let product: f64 = (0..1000).map(|key| scrambled(0, 5, key) * scrambled(0, 6, key)).sum();
        assert!((product / 1000.0 - 0.25).abs() < 0.03, "{product}");
    }
}
