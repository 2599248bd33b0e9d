//! Whole lives, told as scripts from beginning to end.

mod cut_off;
mod full_environment;
mod good_day;
mod imported;
mod retirement;
mod reuse;
mod single_flight;
mod two_companies;
