//! Whether an end leaves something at the provider: a table of cases, one for each answer.

use leasehold_domain::environment::Driver;
use leasehold_domain::lease::{
    Cause, CleanupReason as Why, CleanupStatus, Disposition, EndKind, Leaving, Phase, Policy, left,
};

const NONE: Option<Why> = None;

/// An ephemeral sandbox whose lease is released, of which nobody says anything.
const PLAIN: Leaving = Leaving {
    driver: Driver::Sandbox,
    policy: Policy::Ephemeral,
    phase: Phase::Active,
    kind: EndKind::Released,
    cause: Cause::Release,
    has_resource: true,
    told: None,
    disposition: None,
    maybe_created: None,
};
const REUSED: Leaving = Leaving { policy: Policy::ReuseByEnvironment, ..PLAIN };
const IN_WORKSPACE: Leaving = Leaving { policy: Policy::ReuseByExecutionWorkspace, ..PLAIN };
const KEPT: Leaving = Leaving { policy: Policy::RetainOnFailure, ..PLAIN };
const UNNAMED: Leaving = Leaving { has_resource: false, ..PLAIN };
const LOCAL: Leaving = Leaving { driver: Driver::Local, ..PLAIN };
const SHELVED: Leaving = Leaving { phase: Phase::Retained, ..LOCAL };
const RESERVED: Leaving = Leaving {
    phase: Phase::Reserved,
    kind: EndKind::Failed,
    cause: Cause::ReservationDeadline,
    ..UNNAMED
};
const GIVEN_UP: Leaving = Leaving { cause: Cause::Abandon, ..RESERVED };

const fn as_kind(kind: EndKind, leaving: Leaving) -> Leaving {
    Leaving { kind, ..leaving }
}

const fn wanted(disposition: Disposition, leaving: Leaving) -> Leaving {
    Leaving { disposition: Some(disposition), ..leaving }
}

const fn told(word: CleanupStatus, leaving: Leaving) -> Leaving {
    Leaving { told: Some(word), ..leaving }
}

const fn on(driver: Driver, leaving: Leaving) -> Leaving {
    Leaving { driver, ..leaving }
}

const fn vanished(driver: Driver, leaving: Leaving) -> Leaving {
    Leaving { driver, kind: EndKind::Expired, cause: Cause::Expiry, ..leaving }
}

const fn created(maybe: bool, leaving: Leaving) -> Leaving {
    Leaving { maybe_created: Some(maybe), ..leaving }
}

#[test]
fn an_end_leaves_what_the_table_says() {
    use {CleanupStatus as Word, Disposition as Wish, EndKind as Kind};
    let table = [
        ("goes with its lease", PLAIN, Some(Why::NotReleased)),
        ("a plugin's too", on(Driver::Plugin, PLAIN), Some(Why::NotReleased)),
        ("expired", as_kind(Kind::Expired, PLAIN), Some(Why::NotReleased)),
        ("failed", as_kind(Kind::Failed, PLAIN), Some(Why::NotReleased)),
        ("a directory is no resource", on(Driver::Local, PLAIN), NONE),
        ("nor is a host", on(Driver::Ssh, as_kind(Kind::Expired, PLAIN)), NONE),
        ("released without one", UNNAMED, NONE),
        ("ended badly without one", as_kind(Kind::Failed, UNNAMED), Some(Why::UncleanEnd)),
        ("kept for reuse", REUSED, NONE),
        ("kept for its workspace", IN_WORKSPACE, NONE),
        ("nobody takes over", as_kind(Kind::Expired, REUSED), Some(Why::UncleanEnd)),
        ("failed reuse", as_kind(Kind::Failed, IN_WORKSPACE), Some(Why::UncleanEnd)),
        ("stopped", wanted(Wish::StopAndRetain, as_kind(Kind::Failed, REUSED)), NONE),
        ("running", wanted(Wish::KeepRunning, as_kind(Kind::Expired, REUSED)), NONE),
        ("to be destroyed", wanted(Wish::Destroy, REUSED), Some(Why::DestroyAsked)),
        ("a wish is no reuse", wanted(Wish::KeepRunning, PLAIN), Some(Why::NotReleased)),
        ("failure is kept", as_kind(Kind::Failed, KEPT), Some(Why::KeptAfterFailure)),
        ("success is not", KEPT, Some(Why::NotReleased)),
        ("nor is expiry", as_kind(Kind::Expired, KEPT), Some(Why::NotReleased)),
        ("the holder did it", told(Word::Success, as_kind(Kind::Failed, PLAIN)), NONE),
        ("the holder did not", told(Word::Pending, REUSED), Some(Why::ToldPending)),
        ("told on any driver", told(Word::Failed, on(Driver::Local, PLAIN)), Some(Why::ToldFailed)),
        ("no word of a reservation", RESERVED, Some(Why::NoAnswer)),
        ("but none is needed here", on(Driver::Local, RESERVED), NONE),
        ("perhaps made", created(true, GIVEN_UP), Some(Why::MaybeCreated)),
        ("perhaps on a host", created(true, on(Driver::Ssh, GIVEN_UP)), Some(Why::MaybeCreated)),
        ("surely not made", created(false, GIVEN_UP), NONE),
        ("goes on elsewhere", Leaving { cause: Cause::HandOff, ..REUSED }, NONE),
        ("was history", Leaving { cause: Cause::Import, ..PLAIN }, NONE),
    ];
    for (case, leaving, expected) in table {
        assert_eq!(left(&leaving), expected, "{case}: {leaving:?}");
    }
}

#[test]
fn a_directory_is_left_by_who_vanished_and_where_it_is_unwanted() {
    use Disposition as Wish;
    let table = [
        ("but its holder may vanish", vanished(Driver::Local, PLAIN), Some(Why::UncleanEnd)),
        ("on a host too", vanished(Driver::Ssh, PLAIN), Some(Why::UncleanEnd)),
        ("with nothing there", vanished(Driver::Ssh, UNNAMED), NONE),
        ("unless it is unwanted", wanted(Wish::Destroy, LOCAL), Some(Why::DestroyAsked)),
        ("unwanted after it was kept", wanted(Wish::Destroy, SHELVED), Some(Why::DestroyAsked)),
        ("nothing there to destroy", wanted(Wish::Destroy, on(Driver::Ssh, UNNAMED)), NONE),
    ];
    for (case, leaving, expected) in table {
        assert_eq!(left(&leaving), expected, "{case}: {leaving:?}");
    }
}
