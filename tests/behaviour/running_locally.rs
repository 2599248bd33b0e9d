//! The local driver and its guard: a command's tree, its output, its end, and nothing after it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use leasehold::run::driver::{
    Driver, Ended, FaultKind, Held, Launch, Mark, Place, Sign, Stop, Streams, Target, Workspace,
};
use leasehold::run::drivers::Local;
use leasehold::run::state::State;
use leasehold::run::{MARK_VARIABLE, Machine};
use leasehold_domain::environment::Driver as Word;
use leasehold_domain::id::{CompanyId, EnvironmentId, LeaseId};
use serde_json::Map;
use tokio::sync::watch;
use uuid::Uuid;

/// A local driver with a lease's resource, in a directory of its own.
struct Here {
    root: PathBuf,
    driver: Local,
    held: Held,
    target: Target,
}

impl Here {
    async fn new() -> Self {
        let root = std::env::temp_dir().join(format!("leasehold-local-{}", Uuid::now_v7()));
        std::fs::create_dir_all(root.join("work")).unwrap();
        let program = PathBuf::from(env!("CARGO_BIN_EXE_leasehold"));
        let driver = Local::new(Machine { program, state: State::at(root.join("state")) });
        let place = Place {
            company_id: CompanyId(Uuid::now_v7()),
            environment_id: EnvironmentId(Uuid::now_v7()),
            name: "here".to_owned(),
            driver: Word::Local,
            config: Map::new(),
        };
        let lease_id = LeaseId(Uuid::now_v7());
        let (company_id, environment_id) = (place.company_id, place.environment_id);
        let mark = Mark { company_id, environment_id, lease_id };
        let acquired = driver.acquire(&place, &mark).await.unwrap();
        assert_eq!(driver.acquire(&place, &mark).await.unwrap(), acquired, "twice is once");
        let (provider_lease_id, metadata) = (acquired.provider_lease_id, acquired.metadata);
        let held = Held { place, mark, provider_lease_id, metadata };
        let workspace = Workspace { root: root.join("work"), id: None };
        let target = driver.realize(&held, Some(&workspace)).await.unwrap().target;
        Self { root, driver, held, target }
    }

    /// Runs a shell script to its end; what it said.
    async fn run(&self, script: &str, stop: watch::Receiver<Stop>) -> (Ended, String) {
        let (streams, captured) = Streams::captured().unwrap();
        let command = ["sh", "-c", script].map(str::to_owned).into();
        let context = Some("{\"id\":1}".to_owned());
        let launch = Launch { command, variables: BTreeMap::new(), context, streams };
        let ended = self.driver.execute(&self.held, &self.target, launch, stop).await.unwrap();
        (ended, captured.finish().await.stdout)
    }

    /// The processes that carry this lease's mark.
    fn marked(&self) -> Vec<String> {
        let wanted = format!("{MARK_VARIABLE}={}", self.held.mark);
        let carries = |path: &Path| {
            let environ = std::fs::read(path.join("environ")).unwrap_or_default();
            environ.split(|byte| *byte == 0).any(|variable| variable == wanted.as_bytes())
        };
        let processes = std::fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap().path());
        processes.filter(|path| carries(path)).map(|path| path.display().to_string()).collect()
    }

    async fn destroy(self) {
        assert!(self.driver.destroy(&self.held).await.unwrap().was_there);
        assert!(!self.driver.destroy(&self.held).await.unwrap().was_there, "twice is once");
        assert_eq!(self.marked(), Vec::<String>::new());
        assert!(self.driver.list(&self.held.place).await.unwrap().found.is_empty());
        std::fs::remove_dir_all(&self.root).unwrap();
    }
}

fn never() -> watch::Receiver<Stop> {
    watch::channel(Stop::Not).1
}

#[tokio::test]
async fn a_command_has_its_place_its_context_and_its_code() {
    let here = Here::new().await;
    let (ended, said) = here.run("pwd; cat $PAPERCLIP_ENVIRONMENT_FILE; exit 7", never()).await;
    assert_eq!(ended, Ended::Code(7));
    assert_eq!(said, format!("{}\n{{\"id\":1}}", here.root.join("work").display()));
    let (ended, _) = here.run("kill -9 $$", never()).await;
    assert_eq!(ended, Ended::Signal(9));
    here.destroy().await;
}

#[tokio::test]
async fn what_a_command_leaves_running_ends_with_it() {
    let here = Here::new().await;
    let (ended, _) = here
        .run("setsid sleep 1000 & (setsid sh -c 'trap \"\" TERM; sleep 1000' &) ; exit 0", never())
        .await;
    assert_eq!(ended, Ended::Code(0));
    assert_eq!(here.marked(), Vec::<String>::new());
    here.destroy().await;
}

#[tokio::test]
async fn a_command_is_asked_first_and_then_ended_with_its_tree() {
    let here = Here::new().await;
    let (ask, stop) = watch::channel(Stop::Not);
    let script = "trap 'echo asked; : > asked' TERM; setsid sh -c 'trap \"\" TERM; sleep 1000' & \
                  while :; do sleep 0.01; done";
    let running = here.run(script, stop);
    let stopping = async {
        // The script, its daemon and a sleep.
        while here.marked().len() < 4 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        ask.send(Stop::Ask(Sign::Terminate)).unwrap();
        while !here.root.join("work/asked").exists() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        ask.send(Stop::Kill).unwrap();
        std::future::pending::<()>().await;
    };
    let (ended, said) = tokio::select! {
        ended = running => ended,
        () = stopping => unreachable!(),
    };
    assert_eq!((ended, &*said), (Ended::Signal(9), "asked\n"));
    assert_eq!(here.marked(), Vec::<String>::new());
    here.destroy().await;
}

#[tokio::test]
async fn a_tree_whose_guard_was_killed_is_found_by_its_mark() {
    let here = Here::new().await;
    let (streams, _captured) = Streams::captured().unwrap();
    let script = "setsid sleep 1000 & kill -9 $PPID; sleep 1000";
    let command = ["sh", "-c", script].map(str::to_owned).into();
    let launch = Launch { command, variables: BTreeMap::new(), context: None, streams };
    let fault = here.driver.execute(&here.held, &here.target, launch, never()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::System);
    assert!(fault.message.contains("killed by signal 9"), "{fault}");
    assert!(!here.marked().is_empty());
    let listed = here.driver.list(&here.held.place).await.unwrap();
    assert!(listed.is_complete);
    assert_eq!(listed.found[0].mark, here.held.mark);
    here.destroy().await;
}

#[tokio::test]
async fn what_another_machine_holds_is_nothing_to_destroy_here() {
    let mut here = Here::new().await;
    let own = here.held.provider_lease_id.clone();
    here.held.provider_lease_id = format!("local://elsewhere/{}", here.held.mark.lease_id);
    let fault = here.driver.destroy(&here.held).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Elsewhere);
    here.held.provider_lease_id = own;
    here.destroy().await;
}

#[tokio::test]
async fn what_cannot_be_started_ends_as_a_shell_says() {
    let here = Here::new().await;
    std::fs::write(here.root.join("work/text"), "#!/no/such/interpreter").unwrap();
    for (program, code) in [("/no/such/program", 127), ("./text", 126), ("/", 126)] {
        let (streams, captured) = Streams::captured().unwrap();
        let command = vec![program.to_owned()];
        let launch = Launch { command, variables: BTreeMap::new(), context: None, streams };
        let ended = here.driver.execute(&here.held, &here.target, launch, never()).await.unwrap();
        assert_eq!(ended, Ended::Code(code), "{program}");
        let said = captured.finish().await.stderr;
        assert!(said.starts_with("leasehold: ") && said.contains(program), "{said}");
    }
    here.destroy().await;
}
