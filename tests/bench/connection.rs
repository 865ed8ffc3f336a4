//! A connection that is kept open. Requests are written by hand: on a small machine a full HTTP client would take the
//! cores that the server needs.

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

pub(super) struct Connection {
    stream: TcpStream,
    address: String,
    answer: Vec<u8>,
}

/// A trial under a lease.
#[derive(Debug, Clone)]
pub(super) struct Leased {
    id: String,
    token: i64,
    /// Where it is, parameter by parameter.
    pub(super) numbers: Vec<f64>,
}

impl Connection {
    pub(super) async fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.expect("the server listens");
        stream.set_nodelay(true).expect("TCP_NODELAY");
        Self { stream, address: address.to_owned(), answer: Vec::with_capacity(4096) }
    }

    /// Sends one request and reads its answer, which must have no errors.
    pub(super) async fn call(&mut self, body: &str) -> String {
        let request = format!(
            "POST /graphql HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await.expect("the server reads");
        self.answer.clear();
        loop {
            let read = self.stream.read_buf(&mut self.answer).await.expect("the server answers");
            assert!(read > 0, "the server closed the connection");
            if let Some(start) = self.complete() {
                let text = String::from_utf8_lossy(&self.answer);
                let well = text.starts_with("HTTP/1.1 200") && !text.contains("\"errors\"");
                assert!(well, "{text}");
                return String::from_utf8_lossy(&self.answer[start..]).into_owned();
            }
        }
    }

    /// Where the body begins, once all of it is there.
    fn complete(&self) -> Option<usize> {
        let end = self.answer.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&self.answer[..end]);
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
        });
        let length: usize = length?;
        (self.answer.len() >= end + 4 + length).then_some(end + 4)
    }

    /// Executes a mutation with the text of its input and of its selection; gives its payload.
    pub(super) async fn mutate(&mut self, name: &str, input: &str, selection: &str) -> Value {
        let query = format!("mutation{{{name}(input:{{{input}}}){{{selection}}}}}");
        let answer = self.call(&json!({ "query": query }).to_string()).await;
        let mut answer: Value = serde_json::from_str(&answer).expect("JSON");
        answer["data"][name].take()
    }

    /// What needs nothing of the database.
    pub(super) async fn nothing(&mut self) {
        self.call(r#"{"query":"{__typename}"}"#).await;
    }

    /// Reads a task and ten of its results.
    pub(super) async fn read(&mut self, task: &str) {
        let query = format!(
            r#"{{task(id:"{task}"){{name status trialCounts{{completed}} results(first:10){{nodes{{point values{{value}}}}}}}}}}"#
        );
        self.call(&json!({ "query": query }).to_string()).await;
    }

    /// Makes a task of two parameters with these other fields, and starts it. Its points cost nothing unless the fields
    /// name another strategy.
    pub(super) async fn running_task(&mut self, fields: &str) -> String {
        let quick = if fields.contains("strategy:") { "" } else { "strategy:{kind:SOBOL}," };
        self.start(&["x", "y"], &format!("{quick}{fields}")).await
    }

    /// Makes a task of that many parameters `x0`, `x1`, … with these other fields, and starts it.
    pub(super) async fn task_of(&mut self, parameters: usize, fields: &str) -> String {
        let names: Vec<String> = (0..parameters).map(|i| format!("x{i}")).collect();
        self.start(&names.iter().map(String::as_str).collect::<Vec<_>>(), fields).await
    }

    async fn start(&mut self, names: &[&str], fields: &str) -> String {
        let parameter = |name: &&str| format!(r#"{{float:{{name:"{name}",low:0,high:1}}}}"#);
        let parameters = names.iter().map(parameter).collect::<Vec<_>>().join(",");
        let input = format!(
            r#"parameterSpace:{{parameters:[{parameters}]}},objectives:[{{name:"loss",direction:MINIMIZE}}],{fields}"#
        );
        let created = self.mutate("createTask", &input, "task{id}").await;
        let id = created["task"]["id"].as_str().expect("an id").to_owned();
        self.mutate("transitionTask", &format!(r#"id:"{id}",to:RUNNING"#), "task{id}").await;
        id
    }

    /// Asks for one trial of a task, or of the queue.
    pub(super) async fn ask(&mut self, task: Option<&str>, wait: u32) -> Option<Leased> {
        let task = task.map(|id| format!(r#"taskId:"{id}","#)).unwrap_or_default();
        let input = format!(r#"{task}worker:"bench",waitSeconds:{wait}"#);
        let asked = self.mutate("ask", &input, "trials{id point lease{token}}").await;
        let trial = &asked["trials"][0];
        Some(Leased {
            id: trial["id"].as_str()?.to_owned(),
            token: trial["lease"]["token"].as_i64()?,
            numbers: trial["point"].as_object()?.values().filter_map(Value::as_f64).collect(),
        })
    }

    /// Tells what was measured.
    pub(super) async fn tell(&mut self, trial: &Leased, value: f64) {
        let Leased { id, token, numbers: _ } = trial;
        let input = format!(
            r#"trialId:"{id}",leaseToken:{token},outcome:{{values:[{{objective:"loss",value:{value}}}]}}"#
        );
        let told = self.mutate("tell", &input, "receipt").await;
        assert_eq!(told["receipt"], "COUNTED");
    }

    /// Enqueues a point.
    pub(super) async fn enqueue(&mut self, task: &str) {
        let input = format!(r#"taskId:"{task}",points:[{{x:0.5,y:0.5}}]"#);
        self.mutate("enqueueTrials", &input, "trials{id}").await;
    }

    /// Adds results that were measured elsewhere.
    pub(super) async fn add_results(&mut self, task: &str, results: Vec<Value>) {
        let query = "mutation($input:AddResultsInput!){addResults(input:$input){task{id}}}";
        let input = json!({ "taskId": task, "results": results });
        self.call(&json!({ "query": query, "variables": { "input": input } }).to_string()).await;
    }
}
