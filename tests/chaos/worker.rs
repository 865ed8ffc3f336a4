//! One worker of the chaos run (`e2e/chaos.rs`), as a process of its own: it leases trials, measures them, tells what
//! it measured, and notes each step in its journal. Its network breaks, it forgets to send heartbeats, it repeats
//! itself, and it may be killed or stopped at any moment. What it measures is a number that no other evaluation gives.
//!
//! `chaos-worker JSON`: see [`Orders`]. It ends, with all that it measured told, once its standard input is closed.

mod http;
mod journal;

use std::{
    io::Read as _,
    net::SocketAddr,
    path::PathBuf,
    process::exit,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::sleep,
    time::{Duration, Instant},
};

use asktell_tests::Random;
use serde_json::{Value, json};

use crate::{
    http::{Cut, post},
    journal::{Journal, lines},
};

/// How long a server may be out of reach, and how long the end may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// What the worker is told when it is started.
#[derive(Debug, Clone)]
struct Orders {
    /// Its number; no other worker ever has it.
    number: u64,
    /// A dead worker whose work it takes over.
    predecessor: Option<u64>,
    seed: u64,
    /// Where the journals lie, and `servers`: addresses, one a line.
    folder: PathBuf,
    /// Milliseconds of a lease.
    lease: u64,
    /// The tasks that it may ask by name.
    tasks: Vec<String>,
}

impl Orders {
    fn read() -> Self {
        let text = std::env::args().nth(1).expect("orders");
        let orders: Value = serde_json::from_str(&text).expect("orders are JSON");
        let number = |name: &str| orders[name].as_u64();
        let tasks = orders["tasks"].as_array().expect("tasks").iter();
        Self {
            number: number("number").expect("number"),
            predecessor: number("predecessor"),
            seed: number("seed").expect("seed"),
            folder: orders["folder"].as_str().expect("folder").into(),
            lease: number("lease").expect("lease"),
            tasks: tasks.filter_map(Value::as_str).map(str::to_owned).collect(),
        }
    }

    fn journal(&self, worker: u64) -> PathBuf {
        self.folder.join(format!("journal-{worker}"))
    }

    /// Any of the servers, each of which may be down.
    fn server(&self, random: &mut Random) -> Option<SocketAddr> {
        let text = std::fs::read_to_string(self.folder.join("servers")).ok()?;
        let servers: Vec<_> = text.lines().filter_map(|line| line.parse().ok()).collect();
        (!servers.is_empty()).then(|| *random.one_of(&servers))
    }
}

/// What the worker holds, for the thread that sends heartbeats.
#[derive(Debug, Default)]
struct Holding {
    leases: Vec<Lease>,
    /// Cut off: no heartbeat gets through.
    cut_off: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Lease {
    trial: String,
    token: u64,
    /// What the last heartbeat said, if not to go on.
    verdict: Option<String>,
}

struct Worker {
    orders: Orders,
    journal: Arc<Journal>,
    random: Random,
    /// Whether its calls carry idempotency keys.
    keyed: bool,
    keys: u64,
    evaluations: u64,
    holding: Arc<Mutex<Holding>>,
    ending: Arc<AtomicBool>,
}

fn main() {
    let orders = Orders::read();
    let journal = Journal::create(&orders.journal(orders.number)).expect("a journal of its own");
    let mut random = Random::new(orders.seed);
    let mut worker = Worker {
        keyed: random.percent(75),
        journal: Arc::new(journal),
        holding: Arc::default(),
        ending: Arc::default(),
        keys: 0,
        evaluations: 0,
        random,
        orders,
    };
    worker.listen_for_the_end();
    worker.send_heartbeats();
    worker.take_over();
    while !worker.ending.load(Ordering::Relaxed) {
        worker.work();
    }
}

impl Worker {
    /// The end of standard input is the order to end, also if whoever started this process is gone.
    fn listen_for_the_end(&self) {
        let ending = Arc::clone(&self.ending);
        std::thread::spawn(move || {
            let _ = std::io::stdin().read_to_end(&mut Vec::new());
            ending.store(true, Ordering::Relaxed);
            sleep(PATIENCE);
            exit(3);
        });
    }

    /// Three times in each lease, unless cut off.
    fn send_heartbeats(&self) {
        let (orders, holding) = (self.orders.clone(), Arc::clone(&self.holding));
        let mut random = Random::new(self.orders.seed ^ 0xbea7);
        std::thread::spawn(move || {
            loop {
                sleep(Duration::from_millis(orders.lease / 3));
                let leases: Vec<Value> = {
                    let holding = holding.lock().expect("the worker lives");
                    let held = if holding.cut_off { &[][..] } else { &holding.leases[..] };
                    held.iter()
                        .map(|lease| json!({ "trialId": lease.trial, "token": lease.token }))
                        .collect()
                };
                if leases.is_empty() {
                    continue;
                }
                let cut = cut(&mut random, 10);
                let body =
                    body("heartbeat", "leases { trialId verdict }", &json!({ "leases": leases }));
                let Some(Ok(answer)) =
                    orders.server(&mut random).map(|server| post(server, &body, cut))
                else {
                    continue;
                };
                let mut holding = holding.lock().expect("the worker lives");
                for state in answer["data"]["heartbeat"]["leases"].as_array().into_iter().flatten()
                {
                    let of = |lease: &&mut Lease| state["trialId"] == lease.trial.as_str();
                    if state["verdict"] != "GO_ON"
                        && let Some(lease) = holding.leases.iter_mut().find(of)
                    {
                        lease.verdict = state["verdict"].as_str().map(str::to_owned);
                    }
                }
            }
        });
    }

    /// Ends what a dead worker has left open, as its own journal says: asks what it had asked, tells what it had
    /// measured.
    fn take_over(&mut self) {
        let Some(predecessor) = self.orders.predecessor else { return };
        let (mut asked, mut measured) = (None, Vec::new());
        for line in lines(&self.orders.journal(predecessor)) {
            match line["what"].as_str() {
                Some("asking") => asked = Some(line),
                Some("got") => asked = None,
                Some("refused") if line["value"].is_null() => asked = None,
                Some("measured") => measured.push(line),
                Some("told" | "refused") => measured.retain(|one| one["value"] != line["value"]),
                _ => {}
            }
        }
        for line in measured {
            // Its own successor must find it, too.
            self.journal.note(&line);
            self.tell_measured(&line);
        }
        if let Some(asked) = asked.filter(|asked| asked["input"]["idempotencyKey"].is_string()) {
            self.journal.note(&asked);
            self.ask(&asked["input"]);
        }
    }

    /// Asks, and works on what it gets.
    fn work(&mut self) {
        let named = !self.orders.tasks.is_empty() && self.random.percent(50);
        let name = named.then(|| self.random.one_of(&self.orders.tasks).clone());
        let wait = if self.random.percent(80) { self.random.within(200, 1_500) } else { 0 };
        let mut input = json!({
            "taskId": name,
            "count": self.random.within(1, 4),
            "worker": format!("worker {}", self.orders.number),
            "waitSeconds": seconds(wait),
        });
        if self.random.percent(20) {
            input["leaseSeconds"] = json!(seconds(self.orders.lease * 3 / 2));
        }
        self.add_key(&mut input);
        self.journal.note(&json!({ "what": "asking", "input": input }));
        self.ask(&input);
    }

    fn ask(&mut self, input: &Value) {
        let data = match self.call("ask", "trials { id lease { token } }", input) {
            Ok(data) => data,
            Err(error) => {
                self.journal.note(&json!({ "what": "refused", "call": "ask", "error": error }));
                self.orders.tasks.retain(|task| input["taskId"] != task.as_str());
                return;
            }
        };
        let trials = data["trials"].as_array().expect("trials");
        let got: Vec<Value> = trials
            .iter()
            .map(|trial| json!({ "trial": trial["id"], "token": trial["lease"]["token"] }))
            .collect();
        self.journal.note(&json!({ "what": "got", "key": input["idempotencyKey"], "trials": got }));
        if got.is_empty() && input["waitSeconds"] == 0.0 {
            sleep(Duration::from_millis(self.random.within(20, 100)));
        }
        // The answer to a repeated ask may come when a lease has ended already.
        let leases = got.iter().filter_map(|one| {
            let trial = one["trial"].as_str()?.to_owned();
            Some(Lease { trial, token: one["token"].as_u64()?, verdict: None })
        });
        let leases: Vec<Lease> = leases.collect();
        self.hold(|holding| holding.leases.clone_from(&leases));
        for lease in &leases {
            self.evaluate(lease);
            self.hold(|holding| holding.leases.retain(|held| held.trial != lease.trial));
        }
    }

    fn hold<T>(&self, change: impl FnOnce(&mut Holding) -> T) -> T {
        change(&mut self.holding.lock().expect("the heartbeats live"))
    }

    fn evaluate(&mut self, lease: &Lease) {
        let random = &mut self.random;
        let (cut_off, millis) = match random.within(0, 100) {
            0..68 => (false, random.within(5, 80)),
            68..86 => (false, random.within(100, 400)),
            // Silent for longer than its lease.
            _ => (true, self.orders.lease * random.within(110, 200) / 100),
        };
        self.hold(|holding| holding.cut_off = cut_off);
        sleep(Duration::from_millis(millis));
        self.hold(|holding| holding.cut_off = false);
        let verdict = self.hold(|holding| {
            let held = holding.leases.iter().find(|held| held.trial == lease.trial);
            held.and_then(|held| held.verdict.clone())
        });
        // Some give up when told so, some end their measurement all the same.
        if let Some(verdict) = verdict
            && self.random.percent(50)
        {
            self.journal
                .note(&json!({ "what": "gave up", "trial": lease.trial, "verdict": verdict }));
            return;
        }
        match self.random.within(0, 100) {
            0..86 => {
                self.evaluations += 1;
                let value = self.orders.number * 1_000_000 + self.evaluations;
                let mut line = json!({
                    "what": "measured", "trial": lease.trial, "token": lease.token, "value": value,
                });
                self.add_key(&mut line);
                self.journal.note(&line);
                self.tell_measured(&line);
            }
            86..91 => self.tell_other(
                lease,
                &json!({ "failure": { "reason": "a bubble", "kind": "flaky" } }),
            ),
            91..94 => self.tell_other(
                lease,
                &json!({ "failure": { "reason": "it broke", "kind": "broken" } }),
            ),
            94..96 => self
                .tell_other(lease, &json!({ "infeasible": { "reason": "it does not dissolve" } })),
            _ => {
                let mut input =
                    json!({ "leases": [{ "trialId": lease.trial, "token": lease.token }] });
                self.add_key(&mut input);
                let end = match self.call("releaseTrials", "trials { id }", &input) {
                    Ok(_) => {
                        json!({ "what": "released", "trial": lease.trial, "token": lease.token })
                    }
                    Err(error) => {
                        json!({ "what": "refused", "call": "releaseTrials", "error": error })
                    }
                };
                self.journal.note(&end);
            }
        }
    }

    /// Tells what a line of the journal says was measured.
    fn tell_measured(&mut self, line: &Value) {
        let (trial, token, value) = (&line["trial"], &line["token"], &line["value"]);
        let mut input = json!({
            "trialId": trial,
            "leaseToken": token,
            "outcome": { "values": [{ "objective": "loss", "value": value }] },
        });
        if line["idempotencyKey"].is_string() {
            input["idempotencyKey"] = line["idempotencyKey"].clone();
        }
        let mut end = json!({ "trial": trial, "token": token, "value": value });
        match self.call("tell", "receipt", &input) {
            Ok(data) => {
                end["what"] = json!("told");
                end["receipt"] = data["receipt"].clone();
            }
            Err(error) => {
                end["what"] = json!("refused");
                end["call"] = json!("tell");
                end["error"] = error;
            }
        }
        self.journal.note(&end);
    }

    /// Tells that nothing was measured.
    fn tell_other(&mut self, lease: &Lease, outcome: &Value) {
        let mut input =
            json!({ "trialId": lease.trial, "leaseToken": lease.token, "outcome": outcome });
        self.add_key(&mut input);
        let end = match self.call("tell", "receipt", &input) {
            Ok(data) => {
                json!({ "what": "reported", "trial": lease.trial, "receipt": data["receipt"] })
            }
            Err(error) => {
                json!({ "what": "refused", "call": "tell", "trial": lease.trial, "error": error })
            }
        };
        self.journal.note(&end);
    }

    fn add_key(&mut self, input: &mut Value) {
        if self.keyed {
            self.keys += 1;
            input["idempotencyKey"] = json!(format!("{}-{}", self.orders.number, self.keys));
        }
    }

    /// Calls until there is an answer; who carries keys sometimes asks for the same answer again.
    fn call(&mut self, mutation: &str, selection: &str, input: &Value) -> Result<Value, Value> {
        let answer = self.until_answered(mutation, selection, input);
        // That there was nothing is not kept: later there may be something.
        let nothing = answer.as_ref().is_ok_and(|data| data["trials"] == json!([]));
        if input["idempotencyKey"].is_string() && !nothing && self.random.percent(10) {
            let again = self.until_answered(mutation, selection, input);
            self.journal.note(&json!({
                "what": "again", "call": mutation, "first": shown(&answer), "second": shown(&again),
            }));
        }
        answer
    }

    fn until_answered(
        &mut self,
        mutation: &str,
        selection: &str,
        input: &Value,
    ) -> Result<Value, Value> {
        let body = body(mutation, selection, input);
        let begin = Instant::now();
        loop {
            let cut = cut(&mut self.random, 15);
            let server = self.orders.server(&mut self.random);
            if cut != Cut::Nowhere {
                self.journal.note(&json!({ "what": "cut", "call": mutation }));
            }
            if let Some(Ok(mut answer)) = server.map(|server| post(server, &body, cut)) {
                let error = answer.pointer_mut("/errors/0").map(Value::take);
                return error.map_or_else(|| Ok(answer["data"][mutation].take()), Err);
            }
            if begin.elapsed() > PATIENCE {
                self.journal.note(&json!({ "what": "lost", "call": mutation }));
                exit(4);
            }
            sleep(Duration::from_millis(self.random.within(5, 100)));
        }
    }
}

fn shown(answer: &Result<Value, Value>) -> Value {
    match answer {
        Ok(data) => json!({ "data": data }),
        Err(error) => json!({ "code": error["extensions"]["code"] }),
    }
}

fn body(mutation: &str, selection: &str, input: &Value) -> String {
    let (first, rest) = mutation.split_at(1);
    let kind = format!("{}{rest}Input", first.to_uppercase());
    let query =
        format!("mutation ($input: {kind}!) {{ {mutation}(input: $input) {{ {selection} }} }}");
    json!({ "query": query, "variables": { "input": input } }).to_string()
}

/// Breaks the network in that many of a hundred calls.
fn cut(random: &mut Random, chance: u64) -> Cut {
    if !random.percent(chance) {
        Cut::Nowhere
    } else if random.percent(25) {
        Cut::InTheRequest
    } else {
        Cut::BeforeTheAnswer(random.within(0, 40))
    }
}

#[expect(clippy::cast_precision_loss, reason = "some thousand milliseconds")]
fn seconds(millis: u64) -> f64 {
    millis as f64 / 1e3
}
