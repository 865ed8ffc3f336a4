//! A connection whose peer must not keep it for nothing: the time-outs for headers, for idle connections and for
//! peers that take nothing.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker, ready},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, Sleep, sleep, sleep_until},
};

use super::{ConnectionLimits, connections::Place, problem};

/// How HTTP/2 begins.
const HTTP_2: &[u8] = b"PRI ";

/// The requests of a connection, and since when it has none.
#[derive(Debug)]
pub(super) struct Activity {
    limits: ConnectionLimits,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Requests that are not answered to the end, and `WebSocket`s.
    underway: usize,
    phase: Phase,
    since: Instant,
    is_http_2: bool,
    /// The task of the connection, to be woken when it comes to be idle: the protocol looks for the next request before
    /// the last one has ended.
    waiting: Option<Waker>,
}

/// What the peer owes while no request is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The first request; nothing of it is here.
    Silent,
    /// The rest of a request's headers.
    Headers,
    /// Nothing: it may send another request.
    Idle,
}

impl Activity {
    pub(super) fn new(limits: ConnectionLimits) -> Arc<Self> {
        let phase = Phase::Silent;
        let state = Mutex::new(State {
            underway: 0,
            phase,
            since: Instant::now(),
            is_http_2: false,
            waiting: None,
        });
        Arc::new(Self { limits, state })
    }

    /// A request has begun.
    pub(super) fn begin(self: &Arc<Self>) -> Underway {
        self.state().underway += 1;
        Underway(Arc::new(Request(Arc::clone(self))))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, bytes: &[u8]) {
        let mut state = self.state();
        if state.underway > 0 {
            return;
        }
        match state.phase {
            Phase::Silent => {
                state.is_http_2 = bytes.starts_with(HTTP_2);
                state.phase = Phase::Headers;
            }
            // HTTP/2 has frames that belong to no request.
            Phase::Idle if !state.is_http_2 => {
                state.phase = Phase::Headers;
                state.since = Instant::now();
            }
            Phase::Idle | Phase::Headers => {}
        }
    }

    fn wrote(&self) {
        let mut state = self.state();
        if state.underway == 0 && state.phase == Phase::Idle {
            state.since = Instant::now();
        }
    }

    /// When the connection is to end, unless something happens.
    fn deadline(&self) -> Option<Instant> {
        self.deadline_of(&self.state())
    }

    /// The same; if there is none yet, the task is woken when there is.
    fn await_deadline(&self, cx: &Context<'_>) -> Option<Instant> {
        let mut state = self.state();
        let deadline = self.deadline_of(&state);
        if deadline.is_none() {
            state.waiting = Some(cx.waker().clone());
        }
        deadline
    }

    fn deadline_of(&self, state: &State) -> Option<Instant> {
        let wait = match state.phase {
            _ if state.underway > 0 => return None,
            Phase::Silent | Phase::Headers => self.limits.header_wait,
            Phase::Idle => self.limits.idle_wait,
        };
        Some(state.since + wait)
    }
}

/// A request that is under way for as long as this is kept: its connection is not idle.
#[derive(Debug, Clone)]
pub(super) struct Underway(#[expect(dead_code, reason = "kept to be dropped")] Arc<Request>);

#[derive(Debug)]
struct Request(Arc<Activity>);

impl Drop for Request {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.underway -= 1;
        if state.underway == 0 {
            state.phase = Phase::Idle;
            state.since = Instant::now();
            if let Some(waiting) = state.waiting.take() {
                waiting.wake();
            }
        }
    }
}

/// A stream that fails when its peer is out of time.
pub(super) struct GuardedStream {
    stream: TcpStream,
    activity: Arc<Activity>,
    alarm: Pin<Box<Sleep>>,
    /// While the peer takes nothing.
    stalled: Option<Pin<Box<Sleep>>>,
    _place: Place,
}

impl GuardedStream {
    pub(super) fn new(stream: TcpStream, activity: Arc<Activity>, place: Place) -> Self {
        let alarm = Box::pin(sleep(activity.limits.header_wait));
        Self { stream, activity, alarm, stalled: None, _place: place }
    }

    /// Ends the connection if its time is over; otherwise wakes the task when it will be.
    fn poll_time(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            let Some(deadline) = self.activity.await_deadline(cx) else {
                return Poll::Pending;
            };
            if deadline <= Instant::now() {
                return Poll::Ready(self.expire(cx));
            }
            // A later deadline is looked at when the alarm goes off: most requests need no timer of their own.
            if deadline < self.alarm.deadline() || self.alarm.is_elapsed() {
                self.alarm.as_mut().set(sleep_until(deadline));
            }
            ready!(self.alarm.as_mut().poll(cx));
        }
    }

    /// Says why, if a request has begun, and ends.
    fn expire(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        let (phase, is_http_2) = {
            let state = self.activity.state();
            (state.phase, state.is_http_2)
        };
        if phase == Phase::Headers && !is_http_2 && self.stalled.is_none() {
            let answer = problem::late_headers(self.activity.limits.header_wait);
            // The answer fits into the empty buffer of the socket, or nobody reads it.
            let _: Poll<_> = Pin::new(&mut self.stream).poll_write(cx, &answer);
        }
        match phase {
            // To the protocol, as if the peer had gone.
            Phase::Idle => Ok(()),
            Phase::Silent | Phase::Headers => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    /// Fails if the peer has taken nothing for too long.
    fn watch(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.stalled = None;
            self.activity.wrote();
            return written;
        }
        let wait = self.activity.limits.write_wait;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(wait)));
        ready!(stalled.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for GuardedStream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        // A peer that sends its headers byte by byte always has something to read.
        if this.activity.deadline().is_some_and(|deadline| deadline <= Instant::now()) {
            return Poll::Ready(this.expire(cx));
        }
        let before = buf.filled().len();
        match Pin::new(&mut this.stream).poll_read(cx, buf) {
            Poll::Pending => this.poll_time(cx),
            Poll::Ready(result) => {
                if buf.filled().len() > before {
                    this.activity.read(&buf.filled()[before..]);
                }
                Poll::Ready(result)
            }
        }
    }
}

impl AsyncWrite for GuardedStream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.watch(cx, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(cx, parts);
        this.watch(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}
