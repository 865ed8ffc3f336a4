//! The command line of Asktell: reads the settings, and calls the library.

use std::{net::SocketAddr, process::ExitCode, sync::Arc};

use anyhow::Context as _;
use asktell::{
    api,
    config::{Cli, Command, DemoOptions, ImportCommand, ImportResults, LogFormat, Settings},
    demo, exchange,
    manager::{Compacted, TaskManager},
    store::Store,
    table,
    task::{Caller, Clock as _, SystemClock},
};
use clap::Parser as _;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The stack of each thread of the runtime. A mutation whose payload is selected deeply nests the futures of its fields in
/// that of its use case, which takes more than the usual 2 MiB in a build without optimizations.
const STACK: usize = 8 << 20;

fn main() -> ExitCode {
    let Cli { command, settings } = Cli::parse();
    if let Err(error) = start_logging(&settings) {
        eprintln!("asktell: {error:#}");
        return ExitCode::FAILURE;
    }
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK).build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(run(command.unwrap_or(Command::Serve), &settings)),
        Err(error) => Err(error.into()),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("asktell: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command, settings: &Settings) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve => serve(settings).await?,
        Command::Migrate => {
            open(settings).await?.close().await?;
            println!("{} is up to date", settings.database);
        }
        Command::Schema => print!("{}", api::sdl()),
        Command::Check => {
            let store = open(settings).await?;
            let found = store.check().await?;
            for discrepancy in &found {
                println!("{discrepancy}");
            }
            if !found.is_empty() {
                return Ok(ExitCode::FAILURE);
            }
            println!("consistent");
        }
        Command::Compact { before, keep_versions } => {
            let store = open(settings).await?;
            let manager = TaskManager::new(store.clone(), Arc::new(SystemClock));
            let Compacted { tasks, events } =
                manager.compact_history(before, keep_versions).await?;
            println!("removed {events} events of {tasks} tasks");
            store.close().await?;
        }
        Command::Purge { deleted_before_days } => {
            let clock = SystemClock;
            let before = clock.now() - chrono::Duration::days(deleted_before_days.into());
            let store = open(settings).await?;
            let manager = TaskManager::new(store.clone(), Arc::new(clock));
            println!("purged {} tasks", manager.purge_tasks(before).await?);
            store.close().await?;
        }
        Command::Demo(options) => demo(settings, options).await?,
        Command::Export { dir } => {
            let store = open(settings).await?;
            let done = exchange::export(&store, &dir).await?;
            println!("exported {} tasks to {}", done.tasks, dir.display());
            store.close().await?;
            for row in &done.unreadable {
                eprintln!("left out: {row}");
            }
            if !done.unreadable.is_empty() {
                return Ok(ExitCode::FAILURE);
            }
        }
        Command::Import { what: Some(ImportCommand::Results(options)), .. } => {
            return import_results(settings, &options).await;
        }
        Command::Import { what: None, dir, replace } => {
            let dir = dir.context("a folder is needed")?;
            let store = open(settings).await?;
            let manager = TaskManager::new(store.clone(), Arc::new(SystemClock));
            let caller = Caller::asktell();
            let now = SystemClock.now();
            let done = exchange::import(&store, &manager, &caller, &dir, replace, now).await?;
            println!(
                "imported {} tasks, replaced {}, {} were there already",
                done.added, done.replaced, done.unchanged
            );
            store.close().await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Fails if the table leaves something open.
async fn import_results(settings: &Settings, options: &ImportResults) -> anyhow::Result<ExitCode> {
    let bytes = exchange::read_file(&options.file)?;
    let answers = table::answers(&bytes, &options.table)?;
    let store = open(settings).await?;
    let manager = TaskManager::new(store.clone(), Arc::new(SystemClock));
    let read = exchange::read_results(&store, options.task, bytes, answers).await?;
    print!("{}", read.report);
    if read.ready && !read.is_there() && !options.dry_run {
        let caller = Caller::asktell();
        let done = exchange::add_results(&manager, &caller, options.task, &read).await?;
        println!("added {} results, planned {} trials", done.results, done.planned);
    }
    store.close().await?;
    Ok(if read.ready { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn open(settings: &Settings) -> anyhow::Result<Store> {
    let store = Store::open(&settings.database)
        .await
        .with_context(|| format!("cannot open {}", settings.database))?;
    Ok(store.with_few(settings.list_few))
}

async fn serve(settings: &Settings) -> anyhow::Result<()> {
    let (store, listener, address) = prepare(settings).await?;
    // Before anyone is told that the server is there: whoever knows of it may end it.
    let stop = stop_signal()?;
    welcome(settings, address);
    asktell::serve(store, settings, listener, stop).await
}

async fn demo(settings: &Settings, options: DemoOptions) -> anyhow::Result<()> {
    let (store, listener, address) = prepare(settings).await?;
    let stop = stop_signal()?;
    welcome(settings, address);
    println!("a demo campaign is running: open the page and watch it");
    let working = tokio::spawn(demo::run(options, address, stop.clone()));
    let served = asktell::serve(store, settings, listener, stop.clone());
    tokio::pin!(served);
    tokio::select! {
        served = &mut served => served,
        // The demo may end, and the page stays; a demo that fails says why and ends all.
        worked = working => match worked? {
            Ok(()) => served.await,
            Err(error) => {
                stop.cancel();
                served.await?;
                Err(error.context("the demo failed"))
            }
        },
    }
}

/// Opens the database and the port: whoever reads that the server listens can use it.
async fn prepare(settings: &Settings) -> anyhow::Result<(Store, TcpListener, SocketAddr)> {
    let store = open(settings).await?;
    let listener = TcpListener::bind(settings.listen)
        .await
        .with_context(|| format!("cannot listen on {}", settings.listen))?;
    let address = listener.local_addr()?;
    Ok((store, listener, address))
}

/// The first line is for programs that wait for the server, the rest for people.
fn welcome(settings: &Settings, address: SocketAddr) {
    println!("listening on http://{address}");
    println!("  tasks are kept in {}", settings.database);
    println!("  page       http://{address}/");
    println!("  GraphQL    http://{address}/graphql   (try it in http://{address}/graphiql)");
    println!("  next       make a task in the page, or run: asktell demo");
}

/// Cancelled by SIGTERM or Ctrl-C.
fn stop_signal() -> anyhow::Result<CancellationToken> {
    use tokio::signal::unix::{SignalKind, signal};
    let stop = CancellationToken::new();
    let (mut terminate, mut interrupt) =
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let token = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
        token.cancel();
    });
    Ok(stop)
}

fn start_logging(settings: &Settings) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&settings.log).context("--log")?;
    let logging = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match settings.log_format {
        LogFormat::Text => logging.init(),
        LogFormat::Json => logging.json().init(),
    }
    // A panic in a resolver is answered as INTERNAL; what it was is said here, once, with its place.
    std::panic::set_hook(Box::new(|panic| tracing::error!("{panic}")));
    Ok(())
}
