//! Refused commands leave no trace, and what is asked again at once is nothing new.

use leasehold_domain::company::Command;
use leasehold_domain::lease::CleanupCommand;
use proptest::prelude::*;

use super::cases;
use super::script::script;
use crate::support::world::World;

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn a_log_is_the_same_without_the_commands_that_were_refused(steps in script()) {
        let mut world = World::new();
        let mut accepted = Vec::new();
        for step in &steps {
            let length = world.log.len();
            let command = step.command(&world).filter(|_| !step.is_time());
            let taken = step.take(&mut world);
            // A refusal that the log tells of left a trace, as it should.
            let told = command.filter(|_| world.log.len() > length);
            accepted.extend(taken.or(told).map(|command| (world.now, command)));
        }
        let mut again = World::new();
        for (now, command) in accepted {
            again.now = now;
            let _ = again.try_do(command);
        }
        prop_assert_eq!(again.log, world.log);
        prop_assert_eq!(again.company.index(), world.company.index());
    }

    #[test]
    fn a_command_asked_again_at_once_is_no_event(steps in script()) {
        let mut world = World::new();
        for step in &steps {
            let Some(command) = step.take(&mut world).filter(is_told_once) else { continue };
            let again = world.decide(&command);
            prop_assert_eq!(again.map(|decision| decision.events), Ok(Vec::new()));
        }
    }
}

/// Whether a command says how something is to be; the others make or take something each time.
fn is_told_once(command: &Command) -> bool {
    match command {
        Command::CreateEnvironment(_)
        | Command::AcquireLease(_)
        | Command::ReserveLease(_)
        | Command::ClaimCleanups(_)
        | Command::EnforceLease(..)
        | Command::ObserveEnvironment(..)
        | Command::CleanUpLease(_, CleanupCommand::Fail(_) | CleanupCommand::Defer(_))
        | Command::ResumeLease(..)
        | Command::RemoveEnvironment(_) => false,
        Command::UpdateEnvironment(_, update) => update.if_version.is_none(),
        Command::ArchiveEnvironment(_)
        | Command::ReactivateEnvironment(_)
        | Command::EnsureLocalEnvironment
        | Command::RenewLease(..)
        | Command::SetLeaseMetadata(..)
        | Command::RetainLease(..)
        | Command::ReleaseLease(..)
        | Command::ReleaseRun(..)
        | Command::EndRun(..)
        | Command::RenewRun(..)
        | Command::ActivateLease(..)
        | Command::AbandonLease(..)
        | Command::CleanUpLease(..)
        | Command::Import(_)
        | Command::TellOperation(..) => true,
    }
}
