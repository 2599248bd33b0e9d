//! Reading bodies: every fault of a body in one answer, and what is within bounds as it was given.

mod actors;
mod bodies;
mod bounds;
mod environments;
mod ids;
mod json;
mod leases;
mod numbers;
mod runs;
mod times;
