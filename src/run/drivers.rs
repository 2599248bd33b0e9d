//! The drivers that we bring, one a kind of environment.

mod local;
mod plugin;
mod relay;
pub mod sandbox;
mod ssh;
pub mod workspace;

pub use local::Local;
pub use plugin::Plugin;
pub use sandbox::Sandbox;
pub use ssh::Ssh;
