//! What is done with a resource when its run is over: a table of every case.

use leasehold_domain::lease::{Disposition, EndKind, Parting, Policy};

use Disposition::{Destroy, KeepRunning, StopAndRetain};
use EndKind::{Expired, Failed, Released};
use Policy::{Ephemeral, RetainOnFailure, ReuseByEnvironment, ReuseByExecutionWorkspace};

#[test]
fn what_is_said_holds_under_every_policy_and_after_every_end() {
    let said = [
        (KeepRunning, Parting::KeepRunning),
        (StopAndRetain, Parting::Retain),
        (Destroy, Parting::Destroy),
    ];
    for policy in [Ephemeral, ReuseByEnvironment, ReuseByExecutionWorkspace, RetainOnFailure] {
        for end in [Released, Expired, Failed] {
            for (word, parting) in said {
                assert_eq!(policy.parting(Some(word), end, true), parting, "{policy} {end} {word}");
            }
        }
    }
}

#[test]
fn the_policy_decides_where_nothing_is_said() {
    let table = [
        (Ephemeral, [Parting::Destroy; 3]),
        (ReuseByEnvironment, [Parting::Retain, Parting::Retain, Parting::Destroy]),
        (ReuseByExecutionWorkspace, [Parting::Retain, Parting::Retain, Parting::Destroy]),
        (RetainOnFailure, [Parting::Destroy, Parting::Destroy, Parting::StopForInspection]),
    ];
    for (policy, partings) in table {
        for (end, parting) in [Released, Expired, Failed].into_iter().zip(partings) {
            assert_eq!(policy.parting(None, end, true), parting, "{policy} {end}");
            let here = policy.parting(None, end, false);
            assert_eq!(here, Parting::Destroy, "{policy} {end}, where nothing can be kept");
        }
    }
}
