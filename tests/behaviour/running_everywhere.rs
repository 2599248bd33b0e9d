//! The same command under a lease on every kind of environment.

use serde_json::Value;

use crate::support::everywhere::{EVERYWHERE, Everywhere};
use crate::support::runs::{output, told};

#[tokio::test]
async fn a_command_has_its_output_its_code_and_its_files_everywhere() {
    let all = Everywhere::new().await;
    for name in EVERYWHERE {
        let script = "echo said; echo kept > file; exit 4";
        let ended = output(all.exec(name, name, &[], script)).await;
        assert_eq!(ended.status.code(), Some(4), "{name}: {}", told(&ended));
        assert_eq!(String::from_utf8_lossy(&ended.stdout), "said\n", "{name}");
        // A plugin that makes no workspace ready brings none back.
        if name != "plugin" {
            let kept = std::fs::read_to_string(all.runs.root.join(name).join("file")).unwrap();
            assert_eq!(kept, "kept\n", "{name}");
        }
    }
    for lease in all.runs.leases().await {
        let notes = lease.metadata.as_ref().unwrap();
        assert_eq!((&*lease.status, &*lease.cleanup_state), ("failed", "succeeded"), "{lease:?}");
        assert_eq!(notes["remoteExecutionTermination"]["state"], "destroyed", "{lease:?}");
    }
    assert!(all.left().is_empty(), "{:?}", all.left());
    let Everywhere { runs, .. } = all;
    runs.drop().await;
}

#[tokio::test]
async fn codes_are_those_that_a_shell_gives_everywhere() {
    let all = Everywhere::new().await;
    let cases: [(&[&str], i32); 4] = [
        (&["no-such-program"], 127),
        (&["/usr"], 126),
        (&["sh", "-c", "kill -KILL $$"], 137),
        (&["sh", "-c", "kill -TERM $$"], 143),
    ];
    for name in EVERYWHERE {
        for (command, code) in cases {
            let mut exec = all.program(&["exec", "--environment", name]);
            exec.arg("--").args(command);
            let ended = output(exec).await;
            assert_eq!(ended.status.code(), Some(code), "{name} {command:?}: {}", told(&ended));
            if code < 128 {
                assert!(!ended.stderr.is_empty(), "{name} says nothing of {command:?}");
            }
        }
    }
    assert!(all.runs.leases().await.iter().all(|lease| lease.status == "failed"));
    assert!(all.left().is_empty(), "{:?}", all.left());
    let Everywhere { runs, .. } = all;
    runs.drop().await;
}

#[tokio::test]
async fn every_place_can_be_probed() {
    let all = Everywhere::new().await;
    for name in EVERYWHERE {
        let looked = output(all.program(&["env", "probe", name, "-o", "json"])).await;
        assert!(looked.status.success(), "{name}: {}", told(&looked));
        let shown: Value = serde_json::from_slice(&looked.stdout).unwrap();
        assert_eq!((&shown["ok"], &shown["driver"]), (&true.into(), &name.into()));
    }
    assert_eq!(all.runs.activity("environment.probed").await.len(), 4);
    let Everywhere { runs, .. } = all;
    runs.drop().await;
}
