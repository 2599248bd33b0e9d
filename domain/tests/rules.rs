//! One file per command: what is accepted, what is refused and why, what a repetition does.

mod acquire;
mod admission;
mod archive;
mod create;
mod end_run;
mod ensure_local;
mod hand_off;
mod import;
mod metadata;
mod reactivate;
mod refusals;
mod release;
mod release_run;
mod release_told_late;
mod remove;
mod renew;
mod renew_run;
mod resume;
mod resume_by_acquiring;
mod retain;
mod stock;
mod update;
mod update_driver;
