//! One request on one connection, which may break at any moment.

use std::{
    io::{self, Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpStream},
    time::Duration,
};

use serde_json::Value;

/// How long a server may take to answer, beyond what it was asked to wait.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where the network is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// Nowhere.
    Nowhere,
    /// In the middle of the request: the server can do nothing with it.
    InTheRequest,
    /// After the request, so many milliseconds later: the server may have done it, the caller does not know.
    BeforeTheAnswer(u64),
}

/// Sends a body to `/graphql` and reads the answer.
pub(super) fn post(server: SocketAddr, body: &str, cut: Cut) -> io::Result<Value> {
    let mut stream = TcpStream::connect_timeout(&server, Duration::from_secs(2))?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let request = format!(
        "POST /graphql HTTP/1.1\r\nhost: {server}\r\ncontent-type: application/json\r\nconnection: close\r\n\
         x-asktell-actor: chaos\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    match cut {
        Cut::Nowhere => stream.write_all(request.as_bytes())?,
        Cut::InTheRequest => stream.write_all(&request.as_bytes()[..request.len() / 2])?,
        Cut::BeforeTheAnswer(millis) => {
            stream.write_all(request.as_bytes())?;
            std::thread::sleep(Duration::from_millis(millis));
        }
    }
    if cut != Cut::Nowhere {
        stream.shutdown(Shutdown::Both)?;
        return Err(io::Error::other("cut"));
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let broken = || io::Error::other(format!("half an answer: {answer:?}"));
    let (_, body) = answer.split_once("\r\n\r\n").ok_or_else(broken)?;
    serde_json::from_str(body).map_err(|_| broken())
}
