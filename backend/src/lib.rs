#![doc = include_str!("../README.md")]

pub mod api;
pub mod config;
pub mod demo;
pub mod events;
pub mod exchange;
pub mod manager;
pub mod proposals;
pub mod store;
pub mod strategy;
pub mod table;
pub mod task;
pub mod web;

use std::{sync::Arc, time::Duration};

use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    api::{GraphQl, Limits, Services},
    config::Settings,
    events::{Feed, WorkWatch},
    manager::TaskManager,
    proposals::Proposals,
    store::{OnlyServer, Store},
    task::{Clock, SystemClock},
    web::{Bodies, Hosts, WebSettings, WebState},
};

/// How long requests under way may take to end once the server is to stop.
const GRACE: Duration = Duration::from_secs(20);

/// How long a socket may take to answer that it is closed; a client that hangs never does.
const SOCKET_GRACE: Duration = Duration::from_secs(5);

/// Serves what the store holds on that listener until `shutdown`; then finishes what was accepted, closes sockets and
/// streams, and closes the database.
pub async fn serve(
    store: Store,
    settings: &Settings,
    listener: TcpListener,
    shutdown: CancellationToken,
) -> anyhow::Result<()> {
    let _only_server = OnlyServer::or_warning(&settings.database);
    // The feed goes on until the sockets are closed: a stream that ends by itself would say "complete".
    let feed_stop = CancellationToken::new();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let feed = Feed::start(store.clone(), feed_stop.clone());
    // Long polls end with the shutdown: nobody waits for work of a server that goes.
    let work = WorkWatch::start(store.clone(), Arc::clone(&clock), &feed, shutdown.clone());
    let aging = settings.queue_rate;
    let proposals = Proposals::start(store.clone(), Arc::clone(&clock), shutdown.clone());
    let manager = TaskManager::new(store.clone(), Arc::clone(&clock)).serving(
        aging,
        work.clone(),
        proposals.clone(),
    );
    let sweeping = tokio::spawn(manager.clone().sweep_until(shutdown.clone()));
    let concluding = tokio::spawn(manager.clone().conclude_until(shutdown.clone()));
    let services = Services {
        store: store.clone(),
        manager,
        feed,
        work,
        clock,
        proposals: proposals.clone(),
        aging,
    };
    let graphql = GraphQl::serving(services, Limits::default());
    let limits = settings.connections.limits().within(web::raise_descriptor_limit());
    let sockets = TaskTracker::new();
    let probed = store.clone();
    let router = web::router(WebState {
        graphql: graphql.clone(),
        settings: Arc::new(WebSettings {
            allowed_origins: settings.allowed_origins.clone(),
            write_wait: limits.write_wait,
            ..WebSettings::new(Hosts::new(listener.local_addr()?, &settings.allowed_hosts))
        }),
        bodies: Bodies::default(),
        probe: Arc::new(move || {
            let store = probed.clone();
            Box::pin(async move { store.is_healthy().await })
        }),
        shutdown: shutdown.clone(),
        sockets: sockets.clone(),
    });
    let stopped = shutdown.clone();
    let serving = web::serve(listener, router, limits, shutdown.clone());
    tokio::select! {
        () = serving => {}
        () = async { stopped.cancelled().await; tokio::time::sleep(GRACE).await } => {
            tracing::warn!("some connections did not end in time and are cut off");
        }
    }
    sockets.close();
    if tokio::time::timeout(SOCKET_GRACE, sockets.wait()).await.is_err() {
        tracing::warn!("some sockets did not close in time and are cut off");
    }
    graphql.settle().await;
    sweeping.await?;
    concluding.await?;
    proposals.settle().await;
    feed_stop.cancel();
    store.close().await?;
    Ok(())
}
