//! Drives a strategy by lines of JSON, for benches and trials in other languages.
//!
//! First `{"problem": …, "strategy": …, "seed": n}`, then any number of `{"tell": [observation…]}`, answered by
//! `{"told": n}`, and `{"ask": q}`, answered by `{"proposals": […], "cpuSeconds": x, "wallSeconds": y}`. What was proposed
//! is pending until an observation of the same point is told. Objectives and constraints as in the crate: minimized.

use std::{
    error::Error,
    io::{BufRead as _, Write as _, stdin, stdout},
    time::Instant,
};

use asktell_strategies::{History, Observation, Problem, Proposal, Request, Strategy, propose};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Setup {
    problem: Problem,
    strategy: Strategy,
    seed: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Line {
    Tell(Vec<Observation>),
    Ask(usize),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase", untagged)]
enum Answer {
    Told {
        told: usize,
    },
    #[serde(rename_all = "camelCase")]
    Asked {
        proposals: Vec<Proposal>,
        cpu_seconds: f64,
        wall_seconds: f64,
    },
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut lines = stdin().lock().lines();
    let Setup { problem, strategy, seed } =
        serde_json::from_str(&lines.next().ok_or("no set-up")??)?;
    let mut history = History::default();
    for line in lines {
        let answer = match serde_json::from_str(&line?)? {
            Line::Tell(observations) => tell(&mut history, observations),
            Line::Ask(count) => {
                let (cpu, wall) = (cpu_seconds(), Instant::now());
                let interrupted = || false;
                let request = Request {
                    problem: &problem,
                    strategy: &strategy,
                    history: &history,
                    count,
                    seed,
                    interrupted: &interrupted,
                };
                let proposals = propose(&request)?;
                history.proposed += u64::try_from(proposals.len())?;
                history.pending.extend(proposals.iter().map(|proposal| proposal.point.clone()));
                Answer::Asked {
                    proposals,
                    cpu_seconds: cpu_seconds() - cpu,
                    wall_seconds: wall.elapsed().as_secs_f64(),
                }
            }
        };
        let mut out = stdout().lock();
        serde_json::to_writer(&mut out, &answer)?;
        out.write_all(b"\n")?;
        out.flush()?;
    }
    Ok(())
}

fn tell(history: &mut History, observations: Vec<Observation>) -> Answer {
    let told = observations.len();
    for observation in observations {
        if let Some(index) = history.pending.iter().position(|point| *point == observation.point) {
            history.pending.remove(index);
        }
        history.observations.push(observation);
    }
    Answer::Told { told }
}

/// The processor time of this process so far, to the nanosecond on Linux; 0 elsewhere.
fn cpu_seconds() -> f64 {
    let nanoseconds = std::fs::read_to_string("/proc/self/schedstat")
        .ok()
        .and_then(|text| text.split_whitespace().next().and_then(|word| word.parse::<f64>().ok()));
    nanoseconds.map_or(0.0, |nanoseconds| nanoseconds / 1e9)
}
