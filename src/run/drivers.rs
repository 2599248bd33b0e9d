//! The drivers that we bring, one a kind of environment.

mod local;

pub use local::Local;
