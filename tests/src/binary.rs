//! The binary under test, and its commands that end by themselves.

use std::{
    ffi::OsStr,
    path::PathBuf,
    process::{Command, Output},
};

use crate::settings;

/// The built `asktell`: the one of `ASKTELL_BIN`, else the one beside this test.
fn path() -> PathBuf {
    let path = settings::binary().unwrap_or_else(|| {
        // A test lies in target/PROFILE/deps, the benchmark in target/PROFILE.
        let own = std::env::current_exe().expect("the path of this program");
        let folders = own.ancestors().skip(1).take(2);
        let found = folders.map(|folder| folder.join("asktell")).find(|path| path.is_file());
        found.unwrap_or_else(|| PathBuf::from("asktell"))
    });
    assert!(
        path.is_file(),
        "there is no {}: build it with `cargo build`, or set ASKTELL_BIN",
        path.display()
    );
    path
}

/// The command, without the settings of the shell that runs the tests.
pub fn command<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(path());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("ASKTELL_") || name == "RUST_LOG" {
            command.env_remove(name);
        }
    }
    command.args(arguments);
    command
}

/// Runs a command of the binary to its end.
pub fn run<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Output {
    command(arguments).output().expect("the binary starts")
}

/// The same with settings in the environment.
pub fn run_with_env<S: AsRef<OsStr>>(
    arguments: impl IntoIterator<Item = S>,
    settings: &[(&str, &str)],
) -> Output {
    command(arguments).envs(settings.iter().copied()).output().expect("the binary starts")
}
