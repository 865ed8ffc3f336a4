//! A connection in plain bytes, for what no well-behaved client sends.

use std::io;

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{Client, within};

/// How long the server may take to answer or to end a connection.
const PATIENCE: u64 = 30;

/// A connection to the server.
#[derive(Debug)]
pub struct RawConnection(pub TcpStream);

/// A response in parts.
#[derive(Debug)]
pub struct RawResponse {
    /// The status.
    pub status: u16,
    /// The head as it came.
    pub head: String,
    /// The body.
    pub body: String,
}

impl RawResponse {
    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// `extensions.code` of the first error.
    #[must_use]
    pub fn code(&self) -> String {
        self.json()["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned()
    }
}

impl RawConnection {
    /// Connects.
    pub async fn open(client: &Client) -> Self {
        Self(TcpStream::connect(client.address()).await.expect("a connection"))
    }

    /// Sends bytes; an error if the server has ended the connection.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.0.write_all(bytes.as_ref()).await
    }

    /// The next response.
    pub async fn response(&mut self) -> RawResponse {
        within(PATIENCE, "a response", self.next()).await.expect("a response")
    }

    /// The next response; none if the server ends the connection before.
    pub async fn next(&mut self) -> Option<RawResponse> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.0.read_u8().await.ok()?);
        }
        let head = String::from_utf8(head).expect("a head in UTF-8");
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            let is_length = name.eq_ignore_ascii_case("content-length");
            is_length.then(|| value.trim().parse::<usize>().expect("a length"))
        });
        let mut body = vec![0; length.unwrap_or(0)];
        self.0.read_exact(&mut body).await.ok()?;
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        Some(RawResponse {
            status: status.unwrap_or_else(|| panic!("no status: {head}")),
            body: String::from_utf8(body).expect("a body in UTF-8"),
            head,
        })
    }

    /// Everything up to the end of the connection, which the server must bring about.
    pub async fn rest(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // A connection that is reset has ended, too.
        let read = self.0.read_to_end(&mut bytes);
        let _: io::Result<usize> = within(PATIENCE, "the end of a connection", read).await;
        bytes
    }
}
