//! The operations that run on one socket.

use std::{collections::HashMap, sync::Arc};

use futures_util::{
    Stream, StreamExt,
    stream::{self, AbortHandle, Abortable, BoxStream, SelectAll},
};

use crate::api::Response;

/// What comes from an operation.
#[derive(Debug)]
pub(super) enum Event {
    Response(Response),
    /// It has no more responses.
    End,
}

/// Operations by their ids, polled together. A stopped one yields nothing any more, not even its
/// end, so its id can be given to another at once.
#[derive(Default)]
pub(super) struct Operations {
    events: SelectAll<BoxStream<'static, (Arc<str>, Event)>>,
    handles: HashMap<Arc<str>, AbortHandle>,
}

impl Operations {
    pub(super) fn len(&self) -> usize {
        self.handles.len()
    }

    pub(super) fn contains(&self, id: &str) -> bool {
        self.handles.contains_key(id)
    }

    pub(super) fn start(
        &mut self,
        id: String,
        responses: impl Stream<Item = Response> + Send + 'static,
    ) {
        let id: Arc<str> = id.into();
        let (handle, registration) = AbortHandle::new_pair();
        self.handles.insert(Arc::clone(&id), handle);
        let events = responses.map(Event::Response).chain(stream::once(async { Event::End }));
        let events = events.map(move |event| (Arc::clone(&id), event));
        self.events.push(Abortable::new(events, registration).boxed());
    }

    /// Does nothing if there is no such operation: it may have ended while the client's message was
    /// on its way.
    pub(super) fn stop(&mut self, id: &str) {
        if let Some(handle) = self.handles.remove(id) {
            handle.abort();
        }
    }

    /// What comes next from any of them; `None` while there are none.
    pub(super) async fn next(&mut self) -> Option<(Arc<str>, Event)> {
        self.events.next().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn responses(count: usize) -> impl Stream<Item = Response> + Send + 'static {
        stream::iter((0..count).map(|_| Response::bad_request("a response")))
    }

    #[tokio::test]
    async fn an_operation_yields_its_responses_and_its_end() {
        let mut operations = Operations::default();
        assert!(operations.next().await.is_none());
        operations.start("a".to_owned(), responses(2));
        assert!(matches!(operations.next().await, Some((_, Event::Response(_)))));
        assert!(matches!(operations.next().await, Some((_, Event::Response(_)))));
        assert!(matches!(operations.next().await, Some((id, Event::End)) if &*id == "a"));
        assert!(operations.next().await.is_none());
    }

    #[tokio::test]
    async fn a_stopped_operation_is_silent_and_its_id_free() {
        let mut operations = Operations::default();
        operations.start("a".to_owned(), responses(9));
        assert!(operations.next().await.is_some());
        operations.stop("a");
        operations.stop("a");
        assert!(!operations.contains("a"));
        operations.start("a".to_owned(), responses(0));
        assert!(matches!(operations.next().await, Some((_, Event::End))));
        assert!(operations.next().await.is_none());
    }
}
