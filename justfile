# The recipes of this repository; `just` lists them. `just ready` is what a change has to pass.

milepost := "cargo run --release --quiet --"

[private]
default:
    @just --list --unsorted

# Build the onboarding site and show it
build:
    {{ milepost }} build --open

# Check the onboarding site and the manual; warnings count
check:
    {{ milepost }} check --strict --locked
    {{ milepost }} check docs --strict

# Run the tests of the program, without the browser's
test *arguments:
    cargo test {{ arguments }}

# Run everything that a change has to pass
ready:
    ./test

# Build the manual and show it
docs:
    {{ milepost }} build docs --strict --open

# Run the benchmarks
bench *arguments:
    cargo bench {{ arguments }}

# Print every crate that is compiled in, with its licence
notices:
    @cargo tree --edges normal --target all --prefix none --no-dedupe --format '{p} {l}' | sed 's/ ([^)]*registry[^)]*)//' | sort -u
