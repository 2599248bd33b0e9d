//! Two companies: what one has, knows and does is nothing to the other.

use leasehold_domain::company::Company;
use serde_json::json;

use crate::support::ask::{
    acquire, archive, create, end_run, ensure_local, release, release_run, remove, resume,
};
use crate::support::ids;
use crate::support::world::{World, names};

fn code(refusal: &leasehold_domain::company::Refusal) -> String {
    refusal.code_and_evidence().unwrap().0
}

#[test]
fn two_companies_do_not_see_each_other() {
    let mut one = World::of(ids::company(1));
    let mut other = World::of(ids::company(2));
    let box_of_one = one.make(create("box", json!({"capacity": 1})));
    let lease_of_one = one.grant(acquire(box_of_one, json!({"heartbeatRunId": ids::run(1)})));
    assert_eq!(one.lease(lease_of_one).company_id, ids::company(1));

    let of_one = acquire(box_of_one, json!({}));
    assert_eq!(code(&other.refuse(of_one)), "environment_not_found");
    assert_eq!(code(&other.refuse(archive(box_of_one))), "environment_not_found");
    assert_eq!(code(&other.refuse(remove(box_of_one))), "environment_not_found");
    assert_eq!(code(&other.refuse(release(lease_of_one, json!({})))), "lease_not_found");
    assert_eq!(code(&other.refuse(resume(lease_of_one, ids::run(1)))), "lease_not_found");

    let of_other = other.make(create("box", json!({})));
    assert_eq!(other.environment(of_other).company_id, ids::company(2));
    one.accept(ensure_local());
    assert_eq!(names(&other.accept(ensure_local())), ["Created"]);
}

#[test]
fn a_run_that_ended_in_one_company_goes_on_in_another() {
    let mut one = World::of(ids::company(1));
    let mut other = World::of(ids::company(2));
    let by_run = json!({"heartbeatRunId": ids::run(1)});
    for world in [&mut one, &mut other] {
        let id = world.make(create("box", json!({})));
        world.grant(acquire(id, by_run.clone()));
    }
    assert_eq!(names(&one.accept(end_run(ids::run(1), "succeeded"))), ["RunEnded", "Released"]);
    assert_eq!(other.company.index().active_of_run(ids::run(1)).len(), 1);
    assert_eq!(other.company.index().ended_run(ids::run(1)), None);
    assert_eq!(names(&other.accept(release_run(ids::run(1), json!({})))), ["Released"]);
}

#[test]
fn a_new_company_knows_nothing() {
    let company = Company::new(ids::company(3));
    assert_eq!((company.id(), company.len(), company.is_empty()), (ids::company(3), 0, true));
    assert_eq!(company.index().local(), None);
}
