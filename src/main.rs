//! The one binary: `leasehold`.

use std::process::ExitCode;

/// A batch is thousands of small strings, made on one thread and freed on another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // The supervisor of a managed PostgreSQL, and the guard of a command that runs under a lease,
    // are this program again, without a runtime.
    let mut args = std::env::args_os().skip(1);
    let first = args.next();
    if first.as_ref().is_some_and(|first| *first == leasehold::pg::SUPERVISE) {
        return leasehold::pg::supervise(args);
    }
    if first.is_some_and(|first| first == leasehold::run::guard::GUARD) {
        return leasehold::run::guard::process::main(args);
    }
    leasehold::cli::main()
}
