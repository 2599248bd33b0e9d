//! Places of somebody else's program: the examples that we ship, and programs that misbehave.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use leasehold::run::Machine;
use leasehold::run::driver::{Driver, Ended, Fault, FaultKind, Sign, Stop};
use leasehold::run::drivers::Plugin;
use leasehold::run::state::State;
use leasehold_domain::environment::Driver as Word;
use serde_json::json;
use tokio::sync::watch;
use uuid::Uuid;

use crate::support::leased::{Leased, mark_on, place, until};

/// A directory of plugins; removed when it goes out of scope.
struct Plugins(PathBuf);

impl Plugins {
    fn new() -> Self {
        let root = std::env::temp_dir().join(format!("leasehold-plugins-{}", Uuid::now_v7()));
        fs::create_dir_all(root.join("plugins")).unwrap();
        fs::set_permissions(root.join("plugins"), PermissionsExt::from_mode(0o755)).unwrap();
        Self(root)
    }

    /// Puts a program there.
    fn add(&self, name: &str, text: &str) {
        let path = self.0.join("plugins").join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
    }

    /// A plugin that greets, and does with every other question what the script says.
    fn add_greeting(&self, name: &str, script: &str) {
        let hello =
            r#"{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":1,"name":"n","version":"1"}}"#;
        let here = self.0.display();
        self.add(
            name,
            &format!("#!/bin/sh\nhere={here}\nread -r line; echo '{hello}'\nwhile read -r line; do\n{script}\ndone\n"),
        );
    }

    fn driver(&self) -> Arc<dyn Driver> {
        let program = env!("CARGO_BIN_EXE_leasehold").into();
        let state = State::at(self.0.join("state"));
        Arc::new(Plugin::at(Machine { program, state }, self.0.join("plugins")))
    }

    async fn probed(&self, name: &str) -> Result<String, Fault> {
        let place = place(Word::Plugin, &json!({"pluginKey": name}));
        self.driver().probe(&place).await.map(|probe| probe.summary)
    }
}

impl Drop for Plugins {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// One of the examples, with a directory of its own for its places.
fn example(name: &str) -> Plugins {
    let plugins = Plugins::new();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/plugins").join(name);
    fs::copy(&source, plugins.0.join("plugins/inner")).unwrap();
    let here = plugins.0.display();
    plugins.add(name, &format!("#!/bin/sh\nPLACES={here}/places exec {here}/plugins/inner\n"));
    plugins
}

async fn lives_a_whole_life(name: &str) {
    let plugins = example(name);
    let place = place(Word::Plugin, &json!({"pluginKey": name, "driverKey": "main"}));
    let driver = plugins.driver();
    assert_eq!(driver.provider(&place).unwrap(), format!("plugin:{name}:main"));
    assert!(driver.probe(&place).await.unwrap().summary.contains("directories"));
    let leased = Leased::on(driver, place, None).await;
    let variables = BTreeMap::from([("DOOR".to_owned(), "it's \"$open\"".to_owned())]);
    let script = "pwd; echo \"$DOOR\"; echo oh >&2; exit 3";
    let never = watch::channel(Stop::Not).1;
    let (ended, said) = leased.launch(script, variables, never).await;
    assert_eq!(ended.unwrap(), Ended::Code(3));
    assert_eq!(said.stdout, format!("{}\nit's \"$open\"\n", leased.target.cwd));
    assert_eq!(said.stderr, "oh\n");
    let (ask, stop) = watch::channel(Stop::Not);
    let running = leased.launch(": >begun; exec sleep 1000", BTreeMap::new(), stop);
    let asking = async {
        until("it begins", || Path::new(&leased.target.cwd).join("begun").exists()).await;
        ask.send(Stop::Ask(Sign::Terminate)).unwrap();
    };
    let ((ended, _), ()) = tokio::join!(running, asking);
    assert_eq!(ended.unwrap().exit_code(), 143);
    leased.destroy().await;
    assert!(fs::read_dir(plugins.0.join("places")).unwrap().next().is_none());
}

#[tokio::test]
async fn the_example_in_python_lives_a_whole_life() {
    lives_a_whole_life("places.py").await;
}

#[tokio::test]
async fn the_example_in_shell_lives_a_whole_life() {
    lives_a_whole_life("places.sh").await;
}

#[tokio::test]
async fn a_plugin_is_named_and_never_given() {
    let plugins = Plugins::new();
    plugins.add("open", "#!/bin/sh\n");
    let path = plugins.0.join("plugins/open");
    fs::set_permissions(path, PermissionsExt::from_mode(0o777)).unwrap();
    for (name, kind) in [
        ("nobody", FaultKind::Unsupported),
        ("../../bin/sh", FaultKind::BadConfig),
        ("-c", FaultKind::BadConfig),
        ("", FaultKind::BadConfig),
        ("open", FaultKind::Denied),
    ] {
        let place = place(Word::Plugin, &json!({"pluginKey": name}));
        let fault = plugins.driver().capabilities(&place).await.unwrap_err();
        assert_eq!(fault.kind, kind, "{name}: {fault}");
    }
}

#[tokio::test]
async fn one_that_talks_nonsense_is_broken_and_says_none_of_it() {
    let plugins = Plugins::new();
    plugins
        .add("chatty", "#!/bin/sh\necho Welcome to chatty, the password is sesame\nread -r line\n");
    plugins.add_greeting("wild", "echo '{\"jsonrpc\":\"2.0\",\"method\":\"rm\",\"params\":null}'");
    plugins.add_greeting("long", "head -c 2000000 /dev/zero | tr '\\0' x; echo");
    plugins.add_greeting(
        "odd",
        "id=${line#*\\\"id\\\":}; echo '{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{\"x\":1}}'",
    );
    plugins.add("quits", "#!/bin/sh\nexit 5\n");
    let old = r#"{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":7,"name":"n","version":"1"}}"#;
    plugins.add("newer", &format!("#!/bin/sh\nread -r line; echo '{old}'; read -r line\n"));
    for (name, kind, word) in [
        ("chatty", FaultKind::Broken, "no message"),
        ("wild", FaultKind::Broken, "does not have"),
        ("long", FaultKind::Broken, "more than 1048576 bytes"),
        ("odd", FaultKind::Broken, "another shape"),
        ("quits", FaultKind::Broken, "it ended with 5"),
        ("newer", FaultKind::Unsupported, "version 7"),
    ] {
        let fault = plugins.probed(name).await.unwrap_err();
        assert_eq!(fault.kind, kind, "{name}: {fault}");
        assert!(fault.message.contains(word), "{name}: {fault}");
        assert!(!fault.message.contains("sesame"), "{fault}");
    }
}

#[tokio::test]
async fn one_that_hangs_is_given_up_and_ended() {
    let plugins = Plugins::new();
    let here = plugins.0.display();
    plugins.add("silent", &format!("#!/bin/sh\necho $$ >{here}/pid\nexec sleep 1000\n"));
    let fault = plugins.probed("silent").await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::TimedOut);
    let pid = fs::read_to_string(plugins.0.join("pid")).unwrap();
    until("it has ended", || !Path::new("/proc").join(pid.trim()).exists()).await;
}

#[tokio::test]
async fn one_that_dies_before_it_answers_is_asked_once_more() {
    let plugins = Plugins::new();
    // It makes the place, dies, and finds it there when it is asked again.
    plugins.add_greeting(
        "shaky",
        "[ -e $here/made ] || { : >$here/made; exit 9; }\n\
         echo '{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{\"providerLeaseId\":\"made\"}}'",
    );
    plugins.add_greeting("doomed", "echo again >>$here/tries; exit 9");
    let driver = plugins.driver();
    let shaky = place(Word::Plugin, &json!({"pluginKey": "shaky"}));
    let acquired = driver.acquire(&shaky, &mark_on(&shaky)).await.unwrap();
    assert_eq!(acquired.provider_lease_id, "made");
    let doomed = place(Word::Plugin, &json!({"pluginKey": "doomed"}));
    let fault = driver.acquire(&doomed, &mark_on(&doomed)).await.unwrap_err();
    assert_eq!((fault.kind, fault.may_have_created), (FaultKind::Broken, true));
    assert!(fault.message.contains("it ended with 9"), "{fault}");
    assert_eq!(fs::read_to_string(plugins.0.join("tries")).unwrap(), "again\nagain\n");
}

#[tokio::test]
async fn a_secret_is_told_to_the_plugin_and_never_comes_back() {
    let plugins = Plugins::new();
    fs::write(plugins.0.join("key"), "open-sesame\n").unwrap();
    plugins.add_greeting(
        "echoes",
        "echo \"$line\" >>$here/heard\n\
         echo '{\"jsonrpc\":\"2.0\",\"id\":2,\"error\":{\"code\":1,\"message\":\"bad key open-sesame\",\"data\":{\"kind\":\"denied\"}}}'",
    );
    let key = json!({"fromFile": plugins.0.join("key")});
    let config = json!({"pluginKey": "echoes", "driverConfig": {"deep": [{"key": key}]}});
    let fault = plugins.driver().probe(&place(Word::Plugin, &config)).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Denied);
    assert!(!fault.message.contains("sesame"), "{fault}");
    let heard = fs::read_to_string(plugins.0.join("heard")).unwrap();
    assert!(heard.contains("{\"deep\":[{\"key\":\"open-sesame\"}]}"), "{heard}");
}

/// A command by a plugin that greets and acquires, and then does what the script says.
async fn executed(name: &str, script: &str, stop: watch::Receiver<Stop>) -> Fault {
    let plugins = Plugins::new();
    let id = r#"id=${line#*\"id\":}; id=${id%%,*}"#;
    let made = r#"{\"jsonrpc\":\"2.0\",\"id\":$id,\"result\":{\"providerLeaseId\":\"p\"}}"#;
    let acquire = format!("*acquire*) {id}; echo \"{made}\" ;;");
    plugins.add_greeting(name, &format!("case $line in {acquire} *execute*) {script} ;; esac"));
    let place = place(Word::Plugin, &json!({"pluginKey": name}));
    let leased = Leased::on(plugins.driver(), place, None).await;
    assert_eq!(leased.target.cwd, "/", "it makes no workspace ready");
    leased.launch("true", BTreeMap::new(), stop).await.0.unwrap_err()
}

#[tokio::test]
async fn one_that_dies_over_a_command_is_not_asked_to_run_it_twice() {
    let fault = executed("dies", "exit 4", watch::channel(Stop::Not).1).await;
    assert_eq!(fault.kind, FaultKind::Broken);
    assert!(fault.message.contains("it ended with 4"), "{fault}");
}

#[tokio::test]
async fn one_that_does_not_end_its_command_is_ended_itself() {
    let fault = executed("deaf", "sleep 1000", watch::channel(Stop::Kill).1).await;
    assert_eq!(fault.kind, FaultKind::TimedOut);
    assert!(fault.message.contains("was ended itself"), "{fault}");
}
