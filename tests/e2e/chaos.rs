//! Worker processes that are killed, stopped past their lease, cut off and repeat themselves, and servers that are
//! killed and started again, while tasks with budgets go on to their end. What must have become of every measurement
//! is read in the workers' own journals, not in the database.
//!
//! That it can fail was tried by planting a bug: in `backend/src/manager/tell.rs`, take every token for the trial's
//! current one (the fencing check). Results of lost leases then count where the policy says that they are to be
//! attached, and a second result is refused where it is to be kept.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use asktell_tests::{
    ChaosSize, Client, Database, Db, Random, Server, chaos_size, id_of, nodes, now, quadratic,
    time, within,
};
use chrono::{DateTime, TimeDelta, Utc};
use rstest::rstest;
use serde_json::{Value, json};

/// Milliseconds of a lease.
const LEASE: u64 = 1_000;
/// How often the run is looked at, and harm is done.
const TICK: Duration = Duration::from_millis(60);
/// How long after its lease has ended, and a server is there to see it, a trial may still be RUNNING.
const SWEEP: TimeDelta = TimeDelta::seconds(1);

#[rstest]
#[case::one_server_on_sqlite(Db::SqliteFile, 1)]
#[case::two_servers_on_postgres(Db::Postgres, 2)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_measurement_outlives_what_happens_to_workers_and_servers(
    #[case] db: Db,
    #[case] servers: usize,
) {
    let Some(database) = Database::fresh(db).await else { return };
    let size = chaos_size();
    let mut chaos = Chaos::start(database, servers, size).await;
    chaos.rage().await;
    chaos.end_workers().await;
    let told = chaos.judge().await;
    chaos.end_servers().await;
    println!("{db:?}: {told}");
}

/// A server, or where one was.
struct Place {
    server: Option<Server>,
    /// Since when it is up, or when it shall come up again.
    since: DateTime<Utc>,
}

/// A worker process; killed when dropped.
struct Process {
    child: Child,
    number: u64,
    /// What it says on standard error.
    complaints: PathBuf,
    stopped_until: Option<Instant>,
}

impl Process {
    fn signal(&self, name: &str) {
        let kill =
            Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(kill.expect("`kill` starts").success(), "worker {} is gone", self.number);
    }

    fn complaints(&self) -> String {
        fs::read_to_string(&self.complaints).unwrap_or_default()
    }

    fn kill(&mut self) {
        // Stopped or not: SIGKILL reaches both.
        self.child.kill().expect("SIGKILL");
        self.child.wait().expect("the end of a worker");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A task, and what its policy promises.
struct Work {
    id: String,
    late: &'static str,
    max_running: u64,
}

/// What a look at the tasks shows.
struct Look {
    handed_out: u64,
    unfinished: Vec<String>,
}

#[derive(Debug, Default)]
struct Tally {
    workers_killed: usize,
    workers_stopped: usize,
    servers_killed: usize,
    looks: usize,
    /// Milliseconds for which a trial was seen RUNNING after the end of its lease.
    slowest_sweep: i64,
}

struct Chaos {
    size: ChaosSize,
    random: Random,
    // Before the servers and the database: they are dropped in this order.
    processes: Vec<Process>,
    places: Vec<Place>,
    tasks: Vec<Work>,
    next_number: u64,
    tally: Tally,
    folder: PathBuf,
    database: Database,
}

impl Chaos {
    async fn start(database: Database, servers: usize, size: ChaosSize) -> Self {
        let folder = database.directory().join("chaos");
        fs::create_dir(&folder).expect("a folder for the journals");
        let mut chaos = Self {
            size,
            random: Random::new(size.seed as u64),
            processes: Vec::new(),
            places: Vec::new(),
            tasks: Vec::new(),
            next_number: 1,
            tally: Tally::default(),
            folder,
            database,
        };
        for _ in 0..servers {
            chaos.places.push(Place { server: None, since: now() });
        }
        chaos.raise_servers().await;
        chaos.make_tasks().await;
        for _ in 0..size.workers {
            chaos.send_worker(None);
        }
        chaos
    }

    /// Starts the servers that are down for long enough, and tells the workers where they are.
    async fn raise_servers(&mut self) {
        let mut changed = false;
        for place in &mut self.places {
            if place.server.is_none() && now() >= place.since {
                let server = Server::start(self.database.url(), self.database.directory()).await;
                *place = Place { server: Some(server), since: now() };
                changed = true;
            }
        }
        if changed {
            let up = self.places.iter().filter_map(|place| place.server.as_ref());
            let addresses: Vec<_> = up.map(|server| server.client.address().to_owned()).collect();
            let (file, fresh) = (self.folder.join("servers"), self.folder.join("servers.new"));
            fs::write(&fresh, addresses.join("\n")).expect("the addresses are written");
            fs::rename(fresh, file).expect("at once");
        }
    }

    /// A server that is up, and since when one is up without a break.
    fn up(&self) -> Option<(Client, DateTime<Utc>)> {
        let up = || self.places.iter().filter(|place| place.server.is_some());
        let server = up().next()?.server.as_ref()?;
        Some((server.client.clone(), up().map(|place| place.since).min()?))
    }

    async fn make_tasks(&mut self) {
        let (client, _) = self.up().expect("a server is up");
        let few = (self.size.workers as u64 / 4).max(3);
        let task = |late, max_running, policy: Value| (late, max_running, policy);
        for (late, max_running, policy) in [
            task("ACCEPT", None, json!({})),
            task("ATTACH", None, json!({})),
            task("REJECT", Some(few), json!({ "maxAttempts": 2 })),
            task(
                "ACCEPT",
                None,
                json!({ "retryOn": "ALL_FAILURES", "maxAttempts": 4, "backoffSeconds": 0.1 }),
            ),
            task(
                "ATTACH",
                Some(few),
                json!({
                    "retryOn": "LISTED_FAILURES", "retryKinds": ["flaky"],
                    "backoffSeconds": 0.2, "maxBackoffSeconds": 0.5,
                }),
            ),
        ] {
            let mut input = quadratic();
            input["budget"] = json!({ "maxTrials": self.size.trials, "maxRunning": max_running });
            input["trialPolicy"] = policy;
            input["trialPolicy"]["leaseSeconds"] = json!(1.0);
            input["trialPolicy"]["lateResults"] = json!(late);
            let id = client.running_task(input).await;
            self.tasks.push(Work { id, late, max_running: max_running.unwrap_or(u64::MAX) });
        }
    }

    /// Starts a worker, perhaps one that takes over from a dead one.
    fn send_worker(&mut self, predecessor: Option<u64>) {
        let number = self.next_number;
        self.next_number += 1;
        let orders = json!({
            "number": number,
            "predecessor": predecessor,
            "seed": self.random.bits() >> 1,
            "folder": self.folder,
            "lease": LEASE,
            "tasks": self.tasks.iter().map(|task| &task.id).collect::<Vec<_>>(),
        });
        let complaints = self.folder.join(format!("stderr-{number}"));
        let error = fs::File::create(&complaints).expect("a file for its complaints");
        let child = Command::new(env!("CARGO_BIN_EXE_chaos-worker"))
            .arg(orders.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(error)
            .spawn()
            .expect("a worker starts");
        self.processes.push(Process { child, number, complaints, stopped_until: None });
    }

    /// Until all tasks have completed by themselves.
    async fn rage(&mut self) {
        let total = (self.size.trials * self.tasks.len()) as u64;
        let (begin, limit) = (Instant::now(), Duration::from_secs(60 + total / 3));
        loop {
            self.raise_servers().await;
            if let Some(look) = self.look().await {
                if look.unfinished.is_empty() {
                    break;
                }
                assert!(begin.elapsed() < limit, "after {limit:?}: {:?}", look.unfinished);
                self.harm_servers(look.handed_out, total);
            }
            self.harm_workers();
            tokio::time::sleep(TICK).await;
        }
        assert_eq!(self.tally.servers_killed, self.size.server_kills, "the run was too short");
    }

    /// Kills the next server when the work has come so far.
    fn harm_servers(&mut self, handed_out: u64, total: u64) {
        let (done, all) = (self.tally.servers_killed as u64, self.size.server_kills as u64);
        let all_up = self.places.iter().all(|place| place.server.is_some());
        if done == all || !all_up || handed_out * (all + 1) < (done + 1) * total {
            return;
        }
        let place = self.random.place(self.places.len());
        let down = i64::try_from(self.random.within(100, 900)).expect("less than a second");
        let place = &mut self.places[place];
        place.server.take().expect("it is up").kill();
        place.since = now() + TimeDelta::milliseconds(down);
        self.tally.servers_killed += 1;
    }

    /// Each worker meets with something about every three seconds.
    fn harm_workers(&mut self) {
        let mut dead = Vec::new();
        for process in &mut self.processes {
            let status = process.child.try_wait().expect("a child");
            assert_eq!(status, None, "worker {}: {}", process.number, process.complaints());
            if let Some(until) = process.stopped_until {
                if Instant::now() >= until {
                    process.signal("CONT");
                    process.stopped_until = None;
                }
                continue;
            }
            if self.random.within(0, 1_000) >= 20 {
                continue;
            }
            if self.random.percent(50) {
                process.kill();
                dead.push(process.number);
                self.tally.workers_killed += 1;
            } else {
                process.signal("STOP");
                let millis = LEASE * self.random.within(110, 250) / 100;
                process.stopped_until = Some(Instant::now() + Duration::from_millis(millis));
                self.tally.workers_stopped += 1;
            }
        }
        self.processes.retain(|process| !dead.contains(&process.number));
        for number in dead {
            let predecessor = self.random.percent(50).then_some(number);
            self.send_worker(predecessor);
        }
    }

    /// Looks at what is out: no trial is RUNNING longer than its lease and the time of a sweep, and
    /// none beyond the places of its task. None if no server is up.
    async fn look(&mut self) -> Option<Look> {
        const LOOK: &str = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Task {
            id status handedOut trialCounts { waiting running } whyWaiting { reason message }
            trials(first: 200, filter: { states: [RUNNING] }) { nodes { id lease { token expiresAt } } } } } }";
        let (client, up_since) = self.up()?;
        let ids: Vec<_> = self.tasks.iter().map(|task| &task.id).collect();
        let at = now();
        let answer = within(20, "a look", client.graphql(LOOK, json!({ "ids": ids }))).await.data();
        let mut look = Look { handed_out: 0, unfinished: Vec::new() };
        for (task, found) in self.tasks.iter().zip(answer["nodes"].as_array().expect("tasks")) {
            look.handed_out += found["handedOut"].as_u64().expect("a number");
            if found["status"] != "COMPLETED" {
                look.unfinished.push(found.to_string());
            }
            let running = nodes(&found["trials"]);
            for trial in &running {
                assert!(trial["lease"].is_object(), "RUNNING without a lease: {trial}");
                let over = at - time(&trial["lease"]["expiresAt"]).max(up_since);
                assert!(over <= SWEEP, "RUNNING {over} after its lease has ended: {trial}");
                self.tally.slowest_sweep = self.tally.slowest_sweep.max(over.num_milliseconds());
            }
            assert!(running.len() as u64 <= task.max_running, "too many at once: {found}");
        }
        self.tally.looks += 1;
        Some(look)
    }

    /// Has all workers end by themselves, with all that they measured told.
    async fn end_workers(&mut self) {
        for process in &mut self.processes {
            if process.stopped_until.take().is_some() {
                process.signal("CONT");
            }
            drop(process.child.stdin.take());
        }
        let ending = async {
            for process in &mut self.processes {
                let status = loop {
                    if let Some(status) = process.child.try_wait().expect("a child") {
                        break status;
                    }
                    tokio::time::sleep(Duration::from_millis(20)).await;
                };
                let (number, complaints) = (process.number, process.complaints());
                assert!(status.success(), "worker {number}: {status}\n{complaints}");
            }
        };
        within(90, "the end of the workers", ending).await;
        self.raise_servers().await;
        let look = self.look().await.expect("a server is up");
        assert_eq!(look.unfinished, [""; 0], "completed for good");
    }

    async fn end_servers(mut self) {
        for place in &mut self.places {
            if let Some(server) = place.server.take() {
                assert!(server.stop().await.success());
            }
        }
        self.database.check();
    }

    /// Compares what the workers noted with what the server tells; gives a line about it.
    async fn judge(&self) -> String {
        let notes = Notes::read(&self.folder, self.next_number);
        let (client, _) = self.up().expect("a server is up");
        let mut verdict = Verdict::default();
        notes.agree(&mut verdict);
        let mut known = BTreeSet::new();
        for task in &self.tasks {
            verdict.task(&client, task, self.size.trials as u64, &notes, &mut known).await;
        }
        for (value, measured) in &notes.measured {
            if notes.received.contains_key(value) && !known.contains(value) {
                verdict.wrong(format!("lost, though received: {value} of {measured:?}"));
            }
        }
        verdict.events(&client).await;
        let Tally { workers_killed, workers_stopped, servers_killed, looks, slowest_sweep } =
            self.tally;
        let told = format!(
            "{} workers at a time, {workers_killed} killed, {workers_stopped} stopped past their lease, {} calls cut; \
             {servers_killed} servers killed; {} tasks of {} trials; {} measured, {} told that it is received, \
             {} counted and {} attached, {} refused as late; {} leases lost, taken back {slowest_sweep} ms after their end at the latest, by {looks} looks",
            self.size.workers,
            notes.cuts,
            self.tasks.len(),
            self.size.trials,
            notes.measured.len(),
            notes.received.len(),
            verdict.counted,
            verdict.attached,
            notes.refused.len(),
            verdict.expired,
        );
        let wrong = verdict.wrong;
        assert!(wrong.is_empty(), "{} wrong:\n{}\n{told}", wrong.len(), wrong.join("\n"));
        assert!(verdict.expired > 0 && verdict.attached > 0, "nothing came late: {told}");
        told
    }
}

/// A trial and the token under which something was done with it.
type Lease = (String, u64);

/// What all workers noted. Values are unique to an evaluation.
#[derive(Debug, Default)]
struct Notes {
    measured: BTreeMap<u64, Lease>,
    /// With which receipts.
    received: BTreeMap<u64, BTreeSet<String>>,
    /// Measurements that were refused, with the code.
    refused: BTreeMap<u64, String>,
    /// Who got each lease.
    leases: BTreeMap<Lease, Vec<u64>>,
    /// What else was refused: the call, and the code.
    other_refusals: Vec<(String, String)>,
    /// Repeated calls: the call, the first answer, the second.
    repeated: Vec<Value>,
    cuts: usize,
}

impl Notes {
    fn read(folder: &Path, workers: u64) -> Self {
        let mut notes = Self::default();
        for worker in 1..workers {
            let text =
                fs::read_to_string(folder.join(format!("journal-{worker}"))).unwrap_or_default();
            // The last line may be torn, if the worker was killed.
            for line in text.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
                notes.add(worker, &serde_json::from_str(line).expect("a line of a journal"));
            }
        }
        notes
    }

    fn add(&mut self, worker: u64, line: &Value) {
        let word = |field: &str| line[field].as_str().unwrap_or_default().to_owned();
        let lease = |of: &Value| {
            (of["trial"].as_str().unwrap_or_default().to_owned(), of["token"].as_u64().unwrap_or(0))
        };
        match line["what"].as_str().expect("a word") {
            "got" => {
                let got = line["trials"].as_array().expect("trials").iter();
                for one in got.filter(|one| !one["token"].is_null()) {
                    self.leases.entry(lease(one)).or_default().push(worker);
                }
            }
            "measured" => {
                let value = line["value"].as_u64().expect("a value");
                let before = self.measured.insert(value, lease(line));
                assert!(before.is_none_or(|before| before == lease(line)), "the journals: {line}");
            }
            "told" => {
                let value = line["value"].as_u64().expect("a value");
                self.received.entry(value).or_default().insert(word("receipt"));
            }
            "refused" => {
                let code =
                    line["error"]["extensions"]["code"].as_str().unwrap_or("none").to_owned();
                match line["value"].as_u64() {
                    Some(value) => {
                        self.refused.insert(value, code);
                    }
                    None => self.other_refusals.push((word("call"), code)),
                }
            }
            "again" => self.repeated.push(line.clone()),
            "cut" => self.cuts += 1,
            "asking" | "reported" | "released" | "gave up" => {}
            other => panic!("an unexpected note: {other}"),
        }
    }

    /// What the journals show by themselves.
    fn agree(&self, verdict: &mut Verdict) {
        for (lease, workers) in &self.leases {
            if workers.len() > 1 {
                verdict.wrong(format!("{lease:?} was handed out to {workers:?}"));
            }
        }
        for (value, code) in &self.refused {
            if self.received.contains_key(value) {
                verdict.wrong(format!("{value} was received, and refused with {code}"));
            }
        }
        for (call, code) in &self.other_refusals {
            let expected = match call.as_str() {
                "ask" => ["TASK_NOT_RUNNING"],
                _ => ["LEASE_LOST"],
            };
            if !expected.contains(&code.as_str()) {
                verdict.wrong(format!("{call} was refused with {code}"));
            }
        }
        for line in &self.repeated {
            let of = |answer: &str| {
                let mut answer = line[answer].clone();
                // A lease may have ended meanwhile; the trials are the same.
                for trial in answer["data"]["trials"].as_array_mut().into_iter().flatten() {
                    trial["lease"] = Value::Null;
                }
                answer
            };
            if of("first") != of("second") {
                verdict.wrong(format!("the same key and input, another answer: {line}"));
            }
        }
    }
}

/// What is wrong, and how much there was.
#[derive(Debug, Default)]
struct Verdict {
    wrong: Vec<String>,
    counted: usize,
    attached: usize,
    expired: usize,
    /// Trials that have a counted value.
    completed: BTreeSet<String>,
}

impl Verdict {
    fn wrong(&mut self, what: String) {
        self.wrong.push(what);
    }

    fn must(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.wrong(what());
        }
    }

    /// The task as the server tells it. Adds the values that it keeps to those that are known.
    async fn task(
        &mut self,
        client: &Client,
        work: &Work,
        budget: u64,
        notes: &Notes,
        known: &mut BTreeSet<u64>,
    ) {
        const TRIAL: &str = "id state late values { value } attempts { token outcome }
            attachedResults { leaseToken values { value } }";
        let task = client.task(&work.id).await;
        let trials = client.trials_with(&work.id, TRIAL, "").await;
        self.must(task["status"] == "COMPLETED", || format!("not completed: {task}"));
        let reason = task["statusReason"].as_str().unwrap_or_default();
        self.must(reason.contains("budget"), || format!("completed because of {reason:?}"));
        self.must(task["handedOut"] == budget, || {
            format!("{} handed out: {task}", task["handedOut"])
        });
        self.must(trials.len() as u64 == budget, || format!("{} trials of {budget}", trials.len()));

        let ids: BTreeSet<String> = trials.iter().map(id_of).collect();
        let leased = notes.leases.keys().map(|(trial, _)| trial);
        let leased: BTreeSet<&String> =
            leased.filter(|trial| trial.starts_with(&work.id)).collect();
        for strange in leased.into_iter().filter(|trial| !ids.contains(*trial)) {
            self.wrong(format!("{strange} was handed out, and is not there"));
        }
        for state in ["waiting", "running", "completed", "failed", "infeasible", "abandoned"] {
            let there =
                trials.iter().filter(|trial| trial["state"] == state.to_uppercase()).count();
            let counted = &task["trialCounts"][state];
            self.must(*counted == there, || format!("{there} {state}, but counted {counted}"));
            let over = !["waiting", "running"].contains(&state) || there == 0;
            self.must(over, || format!("{there} trials are {state} for ever"));
        }
        for trial in &trials {
            self.trial(work, trial, notes, known);
        }
        for (value, code) in &notes.refused {
            let of_this = notes.measured.get(value).is_some_and(|(trial, _)| ids.contains(trial));
            let as_promised = work.late == "REJECT" && code == "LEASE_LOST";
            self.must(!of_this || as_promised, || {
                format!("{value} was refused with {code} under {}", work.late)
            });
        }
    }

    fn trial(&mut self, work: &Work, trial: &Value, notes: &Notes, known: &mut BTreeSet<u64>) {
        let id = id_of(trial);
        let tokens = || {
            trial["attempts"].as_array().into_iter().flatten().filter_map(|a| a["token"].as_u64())
        };
        let leased = notes.leases.range((id.clone(), 0)..=(id.clone(), u64::MAX));
        let last = leased.map(|((_, token), _)| *token).chain(tokens()).max().unwrap_or(0);
        let outcomes = trial["attempts"].as_array().into_iter().flatten();
        self.expired += outcomes.filter(|attempt| attempt["outcome"] == "EXPIRED").count();
        self.must(tokens().is_sorted_by(|a, b| a < b), || format!("tokens do not grow: {trial}"));

        if trial["state"] == "COMPLETED" {
            self.counted += 1;
            self.completed.insert(id.clone());
            let value = self.kept(&id, &trial["values"], None, notes, known);
            let token = value.and_then(|value| notes.measured.get(&value)).map(|(_, token)| *token);
            if work.late != "ACCEPT" && token.is_some_and(|token| token != last) {
                self.wrong(format!(
                    "a lost lease counted under {}: {trial}, last {last}",
                    work.late
                ));
            }
            let counted: Vec<_> = notes
                .measured
                .iter()
                .filter(|(_, (trial, _))| *trial == id)
                .filter(|(value, _)| {
                    notes.received.get(value).is_some_and(|all| all.contains("COUNTED"))
                })
                .map(|(value, _)| *value)
                .collect();
            self.must(counted.len() <= 1, || format!("{counted:?} all counted for {trial}"));
            if let ([counted], Some(value)) = (&counted[..], value) {
                self.must(*counted == value, || format!("{counted} was said to count: {trial}"));
            }
        } else {
            self.must(trial["values"] == json!([]), || format!("values without a result: {trial}"));
        }
        for attached in trial["attachedResults"].as_array().into_iter().flatten() {
            self.attached += 1;
            self.must(work.late != "REJECT", || format!("attached under REJECT: {trial}"));
            self.kept(&id, &attached["values"], attached["leaseToken"].as_u64(), notes, known);
        }
    }

    /// A value that the server keeps was measured, for this trial, and is kept nowhere else.
    fn kept(
        &mut self,
        trial: &str,
        values: &Value,
        token: Option<u64>,
        notes: &Notes,
        known: &mut BTreeSet<u64>,
    ) -> Option<u64> {
        let Some(number) = values[0]["value"].as_f64() else {
            self.wrong(format!("no value: {trial} {values}"));
            return None;
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number"
        )]
        let value = number as u64;
        match notes.measured.get(&value) {
            None => self.wrong(format!("nobody measured {number} of {trial}")),
            Some((of, with)) => {
                self.must(of == trial, || format!("{value} was measured for {of}, is at {trial}"));
                let same = token.is_none_or(|token| token == *with);
                self.must(same, || format!("{value} was told with {with}, not with {token:?}"));
            }
        }
        self.must(known.insert(value), || format!("{value} of {trial} is kept twice"));
        self.must(!notes.refused.contains_key(&value), || {
            format!("{value} was refused, and is kept")
        });
        Some(value)
    }

    /// Each trial that has a result was completed once.
    async fn events(&mut self, client: &Client) {
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        for event in client.log(None).await {
            if event["trialTo"] == "COMPLETED" {
                *times
                    .entry(event["trialId"].as_str().unwrap_or_default().to_owned())
                    .or_default() += 1;
            }
        }
        for trial in self.completed.clone() {
            let counted = times.remove(&trial).unwrap_or(0);
            self.must(counted == 1, || format!("{trial} was completed {counted} times"));
        }
        self.must(times.is_empty(), || format!("completed, and not any more: {times:?}"));
    }
}
