//! What the machine itself does.

use std::{
    fs::{self, File},
    io::{Seek as _, Write as _},
    path::Path,
    time::Instant,
};

/// The median time of writing 4 KiB to a file and flushing it, in milliseconds.
pub(super) fn fsync_millis(dir: &Path) -> f64 {
    let mut file = File::create(dir.join("fsync")).expect("a file");
    let mut times: Vec<f64> = (0..200)
        .map(|_| {
            let start = Instant::now();
            file.rewind().expect("rewind");
            file.write_all(&[7; 4096]).expect("write");
            file.sync_data().expect("flush");
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Clock ticks of all cores since the start of the machine: busy, and all.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ticks {
    busy: u64,
    all: u64,
}

impl Ticks {
    /// Reads them (`/proc/stat`, the line of all cores: user nice system idle iowait irq softirq steal).
    pub(super) fn now() -> Self {
        let text = fs::read_to_string("/proc/stat").expect("/proc/stat");
        let line = text.lines().next().unwrap_or_default();
        let ticks: Vec<u64> =
            line.split_whitespace().skip(1).take(8).map(|n| n.parse().unwrap_or(0)).collect();
        let all = ticks.iter().sum();
        Self { busy: all - ticks.get(3).unwrap_or(&0) - ticks.get(4).unwrap_or(&0), all }
    }

    /// Which part of all cores' time since `before` was spent working.
    #[expect(clippy::cast_precision_loss, reason = "a ratio of small differences")]
    pub(super) fn busy_since(self, before: Self) -> f64 {
        (self.busy - before.busy) as f64 / (self.all - before.all).max(1) as f64
    }
}
