//! The one binary: `leasehold`.

use std::process::ExitCode;

/// A batch is thousands of small strings, made on one thread and freed on another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // The supervisor of a managed PostgreSQL is this program again, without a runtime.
    let mut args = std::env::args_os().skip(1);
    if args.next().is_some_and(|first| first == leasehold::pg::SUPERVISE) {
        return leasehold::pg::supervise(args);
    }
    leasehold::cli::main()
}
