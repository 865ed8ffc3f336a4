# What is done often. `just` alone lists it.

_default:
    @just --list --unsorted

# The server, and the page that reloads on change: http://127.0.0.1:5173
dev:
    cd frontend && npm ci --no-audit --no-fund
    trap 'kill 0' EXIT; ASKTELL_UI=skip cargo run & cd frontend && npm run dev

# The server as a user starts it, with the embedded database: http://127.0.0.1:8080
run *arguments:
    cargo run --release -- {{ arguments }}

# The binary with the page inside: target/release/asktell
build:
    cargo build --release

# What is quick: format, lints, documentation, unit tests of backend and page
check:
    tests/run format clippy docs unit frontend

# Everything that CI runs
test:
    tests/run

# The black-box tests whose names contain one of these words
e2e *words:
    E2E_ONLY="{{ words }}" tests/run e2e

# Writes schema.graphql anew from the code
schema:
    ASKTELL_UI=skip cargo run --quiet -- schema > schema.graphql.new && mv schema.graphql.new schema.graphql

# Formats everything
format:
    cargo fmt --all
    cd frontend && npm run format

# What is measured: `writes`, `cycles`, `queue`, `wake`, `points`, `batch`; all of them if none is named; `fan`, `find` only if they are
bench *arguments:
    cargo build --release --workspace && cargo run --release -p asktell-tests --bin bench -- {{ arguments }}

# The same on a throw-away cluster of Postgres
bench-postgres *arguments:
    BENCH="{{ arguments }}" tests/run bench_postgres

# The same as if a flush of the disk took 1.5 ms longer, as on most disks
bench-slow-disk *arguments:
    cargo build --release --workspace && cc -shared -fPIC -O2 -o target/slow_flush.so tests/bench/slow_flush.c -ldl
    LD_PRELOAD=$PWD/target/slow_flush.so target/release/bench writes {{ arguments }}

# AUTO beside Optuna's samplers and Ax on eleven problems; hours, and goes on where it stopped (tests/strategies)
bench-strategies *arguments:
    tests/strategies/run bench.py --table target/bench-strategies/table.md --plot target/bench-strategies/curves.png {{ arguments }}

# Two campaigns that were measured in laboratories, through the API: trials until one of the best designs is found (tests/strategies)
bench-campaigns *arguments:
    cargo build --release
    tests/strategies/run campaigns.py --server "${CARGO_TARGET_DIR:-target}/release/asktell" {{ arguments }}

# kill -9 during 8 concurrent writers, 20 times for each database
kill:
    ASKTELL_KILL_ROUNDS=20 E2E_ONLY="kill:: --nocapture" tests/run e2e

# Migrations killed at 50 moments from each version, on each kind of database
kill-migrations:
    ASKTELL_MIGRATION_KILLS=50 E2E_ONLY="migrations::" tests/run e2e

# 10,000 random filters and orders against a plain model, on each kind of database
finding:
    ASKTELL_FINDING_QUERIES=10000 E2E_ONLY="finding::" tests/run e2e

# 8 writers x 1,000 events on Postgres while three servers each tail with ten subscribers
tail:
    ASKTELL_TAIL_EVENTS=1000 E2E_ONLY="tail:: --nocapture" tests/run e2e

# 200 attacks on the release build: connections, headers, bodies, documents, inputs
abuse:
    cargo build --release
    tests/run abuse

# An hour of steady mixed load on a SQLite file, and what the server holds in memory (`--database URL`, `--minutes N`)
soak *arguments:
    cargo build --release
    python3 tests/soak/soak.py --bin "${CARGO_TARGET_DIR:-target}/release/asktell" --database "sqlite:$(mktemp -d)/soak.db" \
        --csv target/soak.csv {{ arguments }}

# 32 worker processes killed, stopped past their lease and cut off, servers killed five times, on SQLite and on Postgres
chaos:
    cargo build --release
    ASKTELL_BIN="$PWD/target/release/asktell" ASKTELL_CHAOS_WORKERS=32 ASKTELL_CHAOS_SERVER_KILLS=5 ASKTELL_CHAOS_TRIALS=200 \
        E2E_ONLY="chaos:: --nocapture --test-threads=1" tests/run e2e
