//! Every rule of Leasehold, and nothing else: no I/O, no SQL, no clock, no randomness.
//!
//! Start reading at [`lease`], whose module doc draws the states of a lease; [`environment`] and
//! [`run`] are its smaller siblings, [`operation`] is what admins did. What spans streams (names, capacity, who holds a workspace, a
//! run's leases, hand-offs) is [`company`]: an index folded from events and pure plans
//! "command -> events". The words that commands are written in are parsed once, in [`fields`].

pub mod actor;
pub mod company;
pub mod environment;
pub mod fence;
pub mod fields;
pub mod id;
pub mod json;
pub mod lease;
pub mod limits;
pub mod operation;
pub mod run;
pub mod stream;
pub mod text;
pub mod time;
pub mod upcast;
mod word;

pub use word::UnknownWord;
