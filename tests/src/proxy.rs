//! A way to a Postgres server that can be cut.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{AbortHandle, JoinHandle},
};

/// Hands connections on to a server, as long as it is told to.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    target: String,
    listening: Mutex<Option<JoinHandle<()>>>,
    connections: Arc<Mutex<Vec<AbortHandle>>>,
    silent: watch::Sender<bool>,
}

impl Proxy {
    /// Listens on any free port, for a target `host:port`.
    pub async fn start(target: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let proxy = Self {
            address: listener.local_addr().expect("its address"),
            target: target.to_owned(),
            listening: Mutex::new(None),
            connections: Arc::default(),
            silent: watch::Sender::new(false),
        };
        proxy.listen(listener);
        proxy
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Cuts all connections, as a restart of the server does.
    pub fn cut(&self) {
        for connection in lock(&self.connections).drain(..) {
            connection.abort();
        }
    }

    /// Cuts all connections and refuses new ones, as a stopped server does.
    pub fn refuse(&self) {
        if let Some(listening) = lock(&self.listening).take() {
            listening.abort();
        }
        self.cut();
    }

    /// Takes connections again.
    pub async fn restore(&self) {
        let listener = loop {
            match TcpListener::bind(self.address).await {
                Ok(listener) => break listener,
                // The old one is being closed.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        };
        self.listen(listener);
    }

    /// Leaves the connections that there are open, but hands nothing on any more, as a firewall does that has
    /// forgotten them. New ones work.
    pub fn forget_connections(&self) {
        self.silent.send_replace(true);
        self.silent.send_replace(false);
    }

    fn listen(&self, listener: TcpListener) {
        let (target, connections) = (self.target.clone(), Arc::clone(&self.connections));
        let silent = self.silent.clone();
        let listening = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (target, forgotten) = (target.clone(), silent.subscribe());
                let connection = tokio::spawn(hand_on(client, target, forgotten));
                lock(&connections).push(connection.abort_handle());
            }
        });
        *lock(&self.listening) = Some(listening);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.refuse();
    }
}

async fn hand_on(mut client: TcpStream, target: String, mut forgotten: watch::Receiver<bool>) {
    let Ok(mut server) = TcpStream::connect(target).await else { return };
    tokio::select! {
        _ = copy_bidirectional(&mut client, &mut server) => {}
        _ = forgotten.changed() => std::future::pending().await,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
