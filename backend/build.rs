//! Puts the UI into `$OUT_DIR/ui`, from where it goes into the binary, and into
//! `$OUT_DIR/ui_missing.txt` why it is not there, for the page that is served in its place. Without
//! Node.js the server still builds; the UI is then missing, never the server. `ASKTELL_UI=skip`
//! leaves it out on purpose, for work on the backend alone.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// What the frontend's tools ask for (`engines` in its `package.json`).
const OLDEST_NODE: (u32, u32) = (20, 19);

const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

fn main() -> io::Result<()> {
    let path_of = |name| env::var_os(name).map(PathBuf::from).ok_or(io::ErrorKind::NotFound);
    let out = path_of("OUT_DIR")?;
    let frontend = path_of("CARGO_MANIFEST_DIR")?.join("../frontend");
    let ui = out.join("ui");
    fs::create_dir_all(&ui)?;
    watch(&frontend);

    let reason = build(&frontend, &ui).err();
    if reason.is_some() {
        // Nothing of what may have been built half, or by an earlier run.
        fs::remove_dir_all(&ui)?;
        fs::create_dir_all(&ui)?;
    }
    let reason = reason.unwrap_or_default();
    for line in reason.lines() {
        println!("cargo:warning={line}");
    }
    fs::write(out.join("ui_missing.txt"), reason)
}

/// Runs this script again when something changes that the UI is made of.
fn watch(frontend: &Path) {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=ASKTELL_UI");
    let files = [
        "../schema.graphql",
        "public",
        "index.html",
        "graphiql.html",
        "package.json",
        "package-lock.json",
        "vite.config.ts",
        "codegen.ts",
        "tsconfig.json",
    ];
    let mut paths: Vec<PathBuf> = files.iter().map(|file| frontend.join(file)).collect();
    // The build itself writes `src/gql`. Watching it, or all of `src`, would make every build the
    // cause of the next.
    let sources = fs::read_dir(frontend.join("src")).into_iter().flatten().flatten();
    paths.extend(sources.map(|entry| entry.path()).filter(|path| !path.ends_with("gql")));
    // What is watched but missing counts as changed, each time.
    for path in paths.iter().filter(|path| path.exists()) {
        println!("cargo:rerun-if-changed={}", path.display());
    }
}

/// Builds the UI, or says why it could not.
fn build(frontend: &Path, ui: &Path) -> Result<(), String> {
    if env::var_os("ASKTELL_UI").is_some_and(|wish| wish == "skip") {
        return Err("The UI was left out, because ASKTELL_UI=skip was set.".to_owned());
    }
    if !frontend.join("package.json").exists() {
        return Err("The UI was left out, because its sources are not there.".to_owned());
    }
    check_node()?;
    if needs_install(frontend) {
        run(frontend, &["ci", "--no-audit", "--no-fund"])?;
    }
    let ui = ui.to_string_lossy();
    run(frontend, &["run", "build", "--", "--outDir", &ui, "--emptyOutDir"])?;
    if Path::new(&*ui).join("index.html").exists() {
        return Ok(());
    }
    Err("The build of the UI made no index.html.".to_owned())
}

/// Node.js is there and not too old.
fn check_node() -> Result<(), String> {
    let (major, minor) = OLDEST_NODE;
    let need = format!("the UI needs {major}.{minor} or newer.");
    let output = Command::new("node").arg("--version").output();
    let Some(output) = output.ok().filter(|output| output.status.success()) else {
        watch_for_node();
        return Err(format!("Node.js was not found; {need}"));
    };
    let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let mut numbers =
        version.trim_start_matches('v').split('.').map(|number| number.parse().unwrap_or(0));
    if (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) < OLDEST_NODE {
        watch_for_node();
        return Err(format!("Node.js {version} is too old; {need}"));
    }
    Ok(())
}

/// The next build after an installation of Node.js must see it. An installation changes one of the
/// folders of commands, or makes a new one known.
fn watch_for_node() {
    println!("cargo:rerun-if-env-changed=PATH");
    let path = env::var_os("PATH").unwrap_or_default();
    for folder in env::split_paths(&path).filter(|folder| folder.is_dir()) {
        println!("cargo:rerun-if-changed={}", folder.display());
    }
}

/// Whether the installed packages are older than the list of what should be installed.
fn needs_install(frontend: &Path) -> bool {
    let modified = |file| fs::metadata(frontend.join(file)).and_then(|file| file.modified()).ok();
    // npm writes this file at the end of an installation.
    modified("node_modules/.package-lock.json") < modified("package-lock.json")
}

fn run(frontend: &Path, arguments: &[&str]) -> Result<(), String> {
    let output =
        Command::new(NPM).args(arguments).current_dir(frontend).env("NO_COLOR", "1").output();
    let words: Vec<&str> =
        arguments.iter().copied().take_while(|word| !word.starts_with('-')).collect();
    let failure = format!("The UI could not be built: `npm {}` failed", words.join(" "));
    if output.as_ref().is_ok_and(|output| output.status.success()) {
        return Ok(());
    }
    // There is no such file: the next build tries again, for the cause may be a network that was
    // down.
    println!("cargo:rerun-if-changed=after-a-failure");
    match output {
        Ok(output) => Err(format!("{failure}.\n{}", excerpt(&output))),
        Err(error) => Err(format!("{failure}: {error}.")),
    }
}

/// Where the cause is mostly found: npm begins with it, compilers end with it.
fn excerpt(output: &Output) -> String {
    const BEGINNING: usize = 12;
    const END: usize = 12;
    let text = [&*output.stdout, &*output.stderr].map(String::from_utf8_lossy).join("\n");
    let is_noise =
        |line: &&str| matches!(line.trim(), "" | "npm error") || line.starts_with("npm warn");
    let mut lines: Vec<&str> = text.lines().filter(|line| !is_noise(line)).collect();
    if lines.len() > BEGINNING + END {
        lines.splice(BEGINNING..lines.len() - END, ["…"]);
    }
    lines.join("\n")
}
