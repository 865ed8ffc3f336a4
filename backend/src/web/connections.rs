//! Accepts connections: as many as there may be in all and from one address, each with time-outs, and serves HTTP on
//! them.

use std::{
    collections::HashMap,
    io,
    net::{IpAddr, Ipv6Addr},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
};
use hyper::{body::Incoming, service::Service as _};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    hosts::LocalAddress,
    problem,
    stream::{Activity, GuardedStream, Underway},
};

/// Limits of connections.
#[derive(Debug, Clone, Copy)]
pub struct ConnectionLimits {
    /// Connections at the same time.
    pub connections: usize,
    /// Connections at the same time from one address: of IPv6 from one network of 64 bits.
    pub per_address: usize,
    /// Time that the headers of a request may take to arrive, from the first byte; on a new connection from its
    /// beginning.
    pub header_wait: Duration,
    /// Time that a connection without a request may be kept.
    pub idle_wait: Duration,
    /// Time for which a peer may take nothing of what is sent to it.
    pub write_wait: Duration,
}

/// Descriptors that the server needs for the database, its log and itself.
const OTHER_DESCRIPTORS: usize = 256;

impl ConnectionLimits {
    /// The same, with no more connections than there are descriptors for.
    #[must_use]
    pub fn within(self, descriptors: Option<u64>) -> Self {
        let Some(descriptors) = descriptors.and_then(|some| usize::try_from(some).ok()) else {
            return self;
        };
        let room = descriptors.saturating_sub(OTHER_DESCRIPTORS).max(descriptors / 2).max(1);
        if room >= self.connections {
            return self;
        }
        tracing::warn!(
            connections = room,
            wanted = self.connections,
            descriptors,
            "fewer connections than --max-connections: the limit of open files is too low (raise it with `ulimit -Hn`, \
             LimitNOFILE= or --ulimit nofile)"
        );
        let per_address = self.per_address.min(room - room / 4);
        Self { connections: room, per_address, ..self }
    }
}

/// Serves the router on the listener until `shutdown`, then finishes the requests under way. `WebSocket`s are not
/// waited for.
pub(crate) async fn serve(
    mut listener: TcpListener,
    router: Router,
    limits: ConnectionLimits,
    shutdown: CancellationToken,
) {
    let open = Arc::new(Open { limits, counts: Mutex::default() });
    let tracker = TaskTracker::new();
    let mut refusals = Refusals::default();
    while let Some((stream, peer)) = accept(&mut listener, &shutdown).await {
        match open.admit(peer) {
            Ok(place) => {
                let connection = attend(stream, place, router.clone(), limits, shutdown.clone());
                tracker.spawn(connection);
            }
            Err(full) => refusals.refuse(stream, peer, full),
        }
    }
    drop(listener);
    tracker.close();
    tracker.wait().await;
}

/// The next connection; `None` when the server is to end.
async fn accept(
    listener: &mut TcpListener,
    shutdown: &CancellationToken,
) -> Option<(TcpStream, IpAddr)> {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = shutdown.cancelled() => return None,
        };
        match accepted {
            Ok((stream, peer)) => {
                // Small answers must not wait for the acknowledgement of earlier ones.
                if let Err(cause) = stream.set_nodelay(true) {
                    tracing::debug!(error = %cause, "could not set TCP_NODELAY");
                }
                return Some((stream, peer.ip()));
            }
            Err(error) if is_of_peer(&error) => {}
            // Such as the lack of descriptors: there may be some when others have gone.
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                tokio::select! {
                    () = sleep(Duration::from_secs(1)) => {}
                    () = shutdown.cancelled() => return None,
                }
            }
        }
    }
}

fn is_of_peer(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionRefused | ConnectionAborted | ConnectionReset)
}

/// Serves one connection to its end, or until it was upgraded.
async fn attend(
    stream: TcpStream,
    place: Place,
    router: Router,
    limits: ConnectionLimits,
    shutdown: CancellationToken,
) {
    let local = stream.local_addr().map(|address| LocalAddress(address.ip())).ok();
    let activity = Activity::new(limits);
    let io = TokioIo::new(GuardedStream::new(stream, Arc::clone(&activity), place));
    let router = TowerToHyperService::new(router);
    let service = hyper::service::service_fn(move |mut request: hyper::Request<Incoming>| {
        let underway = activity.begin();
        request.extensions_mut().insert(underway.clone());
        if let Some(local) = local {
            request.extensions_mut().insert(local);
        }
        let response = router.call(request);
        async move {
            let response = response.await?;
            Ok::<_, std::convert::Infallible>(
                response.map(|body| UnderwayBody { body, _underway: underway }),
            )
        }
    });
    // The letters of headers are kept for those who compare them with their own: see `websocket::accept`.
    let mut builder =
        Builder::new(TokioExecutor::new()).title_case_headers(true).preserve_header_case(true);
    // WebSockets over HTTP/2 need the CONNECT protocol.
    builder.http2().enable_connect_protocol();
    let mut connection = std::pin::pin!(builder.serve_connection_with_upgrades(io, service));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::trace!(%error, "a connection failed");
    }
}

/// The body of a response: its request is under way until it was sent, or given up.
struct UnderwayBody {
    body: Body,
    _underway: Underway,
}

impl HttpBody for UnderwayBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<hyper::body::Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        self.body.size_hint()
    }
}

/// The open connections.
#[derive(Debug)]
struct Open {
    limits: ConnectionLimits,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

impl Open {
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn admit(self: &Arc<Self>, peer: IpAddr) -> Result<Place, Full> {
        let address = network(peer);
        let mut counts = self.counts();
        if counts.all >= self.limits.connections {
            return Err(Full { limit: "maxConnections", max: self.limits.connections });
        }
        let of_address = counts.by_address.entry(address).or_default();
        if *of_address >= self.limits.per_address {
            let max = self.limits.per_address;
            return Err(Full { limit: "maxConnectionsPerAddress", max });
        }
        *of_address += 1;
        counts.all += 1;
        Ok(Place { open: Arc::clone(self), address })
    }
}

/// What counts as one address: whoever has an IPv6 address usually has 2⁶⁴ of them.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)))
        }
        address @ IpAddr::V4(_) => address,
    }
}

/// The place of a connection among those that are open.
#[derive(Debug)]
pub(super) struct Place {
    open: Arc<Open>,
    address: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.open.counts();
        counts.all -= 1;
        if let Some(of_address) = counts.by_address.get_mut(&self.address) {
            *of_address -= 1;
            if *of_address == 0 {
                counts.by_address.remove(&self.address);
            }
        }
    }
}

/// A limit of connections that is reached.
#[derive(Debug, Clone, Copy)]
pub(super) struct Full {
    pub(super) limit: &'static str,
    pub(super) max: usize,
}

/// Tells peers that there is no place for them.
struct Refusals {
    /// Peers that are being told.
    telling: Arc<Semaphore>,
    logged: Option<Instant>,
}

impl Default for Refusals {
    fn default() -> Self {
        Self { telling: Arc::new(Semaphore::new(64)), logged: None }
    }
}

impl Refusals {
    /// How long a peer may take to read why.
    const PATIENCE: Duration = Duration::from_secs(1);

    fn refuse(&mut self, stream: TcpStream, peer: IpAddr, full: Full) {
        if self.logged.is_none_or(|at| at.elapsed() > Duration::from_secs(10)) {
            self.logged = Some(Instant::now());
            tracing::warn!(%peer, limit = full.limit, max = full.max, "too many connections");
        }
        // Of very many at once the rest is cut off without a word.
        if let Ok(permit) = Arc::clone(&self.telling).try_acquire_owned() {
            tokio::spawn(timeout(Self::PATIENCE, Self::tell(stream, full, permit)));
        }
    }

    async fn tell(mut stream: TcpStream, full: Full, _permit: OwnedSemaphorePermit) {
        let told = async {
            stream.write_all(&problem::too_many_connections(full)).await?;
            stream.shutdown().await?;
            // A connection that is closed with something unread is reset, and the answer with it.
            let mut rest = [0; 1024];
            while stream.read(&mut rest).await? > 0 {}
            Ok::<_, io::Error>(())
        };
        if let Err(error) = told.await {
            tracing::trace!(%error, "a refused connection failed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(connections: usize, per_address: usize) -> Arc<Open> {
        let wait = Duration::from_secs(1);
        let limits = ConnectionLimits {
            connections,
            per_address,
            header_wait: wait,
            idle_wait: wait,
            write_wait: wait,
        };
        Arc::new(Open { limits, counts: Mutex::default() })
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn connections_are_counted_by_address_and_in_all() {
        let open = open(3, 2);
        let one = open.admit(address("10.0.0.1")).unwrap();
        let _two = open.admit(address("::ffff:10.0.0.1")).unwrap();
        let full = open.admit(address("10.0.0.1")).unwrap_err();
        assert_eq!((full.limit, full.max), ("maxConnectionsPerAddress", 2));
        let _three = open.admit(address("10.0.0.2")).unwrap();
        let full = open.admit(address("10.0.0.3")).unwrap_err();
        assert_eq!((full.limit, full.max), ("maxConnections", 3));
        drop(one);
        assert!(open.admit(address("10.0.0.1")).is_ok());
    }

    #[test]
    fn an_address_that_has_gone_is_forgotten() {
        let open = open(3, 2);
        drop(open.admit(address("10.0.0.1")).unwrap());
        assert!(open.counts().by_address.is_empty());
        assert_eq!(open.counts().all, 0);
    }

    #[test]
    fn a_network_of_64_bits_counts_as_one_address() {
        assert_eq!(network(address("2001:db8::1")), network(address("2001:db8::ffff:0:0:2")));
        assert_ne!(network(address("2001:db8::1")), network(address("2001:db8:0:1::1")));
    }

    #[test]
    fn there_are_no_more_connections_than_descriptors() {
        let limits = open(10_000, 7_500).limits;
        assert_eq!(limits.within(Some(1_000_000)).connections, 10_000);
        assert_eq!(limits.within(None).connections, 10_000);
        let few = limits.within(Some(1_024));
        assert_eq!((few.connections, few.per_address), (768, 576));
    }
}
