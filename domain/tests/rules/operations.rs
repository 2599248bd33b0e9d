//! Operations: told step by step, in order, each step once, in the installation's own log.

use std::collections::BTreeMap;

use leasehold_domain::company::{Command, Refusal};
use leasehold_domain::id::CompanyId;
use leasehold_domain::operation::{Form, Refusal as Own, Stage, Step, Told};
use uuid::Uuid;

use crate::support::world::{World, names};
use crate::support::{ids, label};

fn installation() -> World {
    World::of(CompanyId(Uuid::nil()))
}

fn tell(step: &Step) -> Command {
    Command::TellOperation(ids::operation(1), Box::new(step.clone()))
}

fn start() -> Step {
    Step::StartRebuild { projections: vec![label("environments")] }
}

fn judge(is_accepted: bool) -> Step {
    Step::JudgeRebuild { compared: BTreeMap::new(), differing: BTreeMap::new(), is_accepted }
}

fn swap() -> Step {
    Step::SwapRebuild { versions: BTreeMap::new() }
}

fn export() -> Step {
    let filter = BTreeMap::new();
    Step::StartExport { what: Told::Events, form: Form::Jsonl, of_company: None, filter }
}

fn finish() -> Step {
    Step::FinishExport { records: 1, bytes: 2, sha256: "00".to_owned() }
}

fn redrive() -> Step {
    Step::Redrive { projections: vec![label("environments")], taken: 1, left: 0 }
}

#[test]
fn each_step_is_told_once_and_in_order() {
    let lives: [(&[Step], &str); 5] = [
        (&[start(), judge(true), swap()], "RebuildSwapped"),
        (&[start(), judge(false)], "RebuildJudged"),
        (&[start(), judge(true), Step::Cancel], "Cancelled"),
        (&[export(), finish()], "ExportFinished"),
        (&[redrive()], "Redriven"),
    ];
    for (life, last) in lives {
        let mut world = installation();
        for step in life {
            assert_eq!(world.accept(tell(step)).events.len(), 1, "{step:?}");
            // Whoever was cut off tells everything again.
            let told = life.iter().take_while(|earlier| *earlier != step).chain([step]);
            for again in told {
                assert_eq!(names(&world.accept(tell(again))), Vec::<&str>::new(), "{again:?}");
            }
        }
        assert_eq!(world.log.last().map(|decided| decided.event.name()), Some(last));
    }
}

#[test]
fn a_step_that_does_not_follow_is_refused() {
    let lives: [(&[Step], Step, Option<Stage>); 7] = [
        (&[], judge(true), None),
        (&[], swap(), None),
        (&[], finish(), None),
        (&[], Step::Cancel, None),
        (&[start()], swap(), Some(Stage::Started)),
        (&[start()], finish(), Some(Stage::Started)),
        (&[export()], judge(true), Some(Stage::Started)),
    ];
    for (life, step, stage) in lives {
        let mut world = installation();
        for told in life {
            world.accept(tell(told));
        }
        let refusal = Own::StepOutOfOrder { operation_id: ids::operation(1), stage };
        assert_eq!(world.refuse(tell(&step)), Refusal::Operation(refusal), "{step:?}");
    }
}

#[test]
fn a_company_has_no_operations() {
    let refusal = Own::NotTheInstallation { operation_id: ids::operation(1) };
    assert_eq!(World::new().refuse(tell(&start())), Refusal::Operation(refusal));
}
