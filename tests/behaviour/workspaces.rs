//! Workspaces on their way: what a hostile other side cannot do, and what nobody loses.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use leasehold::run::drivers::workspace::{Bounds, Manifest, SyncFault, pack, prune, unpack};
use nix::sys::stat::Mode;
use nix::unistd::{geteuid, mkfifo};
use tar::{Builder, EntryType, Header};
use uuid::Uuid;

/// A directory with a workspace in it, and something beside it that is nobody's business.
struct Here(PathBuf);

impl Here {
    fn new() -> Self {
        let root = std::env::temp_dir().join(format!("leasehold-workspace-{}", Uuid::now_v7()));
        fs::create_dir_all(root.join("work")).unwrap();
        fs::create_dir_all(root.join("beside")).unwrap();
        fs::write(root.join("beside/secret"), "secret").unwrap();
        Self(root)
    }

    fn work(&self) -> PathBuf {
        self.0.join("work")
    }

    fn pack(&self) -> (Manifest, Vec<u8>) {
        let mut stream = Vec::new();
        let manifest = pack(&self.work(), &mut stream, &Bounds::default()).unwrap();
        (manifest, stream)
    }

    /// What is beside the workspace is as it was.
    fn is_untouched(&self) -> bool {
        let names = fs::read_dir(self.0.join("beside")).unwrap();
        fs::read_to_string(self.0.join("beside/secret")).unwrap() == "secret" && names.count() == 1
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A stream of somebody's making.
#[derive(Default)]
struct Stream(Vec<u8>);

impl Stream {
    fn add(mut self, kind: EntryType, name: &str, link: &str, text: &str) -> Self {
        let mut header = Header::new_gnu();
        header.set_entry_type(kind);
        header.set_mode(0o644);
        header.set_mtime(1);
        header.set_size(text.len() as u64);
        // Past the builder, which would refuse such names.
        header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
        header.as_gnu_mut().unwrap().linkname[..link.len()].copy_from_slice(link.as_bytes());
        header.set_cksum();
        let mut builder = Builder::new(Vec::new());
        builder.append(&header, text.as_bytes()).unwrap();
        let bytes = builder.into_inner().unwrap();
        self.0.extend(&bytes[..bytes.len() - 1024]);
        self
    }

    fn file(self, name: &str, text: &str) -> Self {
        self.add(EntryType::Regular, name, "", text)
    }

    fn link(self, name: &str, to: &str) -> Self {
        self.add(EntryType::Symlink, name, to, "")
    }

    fn into(
        mut self,
        here: &Here,
    ) -> Result<leasehold::run::drivers::workspace::Unpacked, SyncFault> {
        self.0.extend([0; 1024]);
        unpack(&*self.0, &here.work(), &Manifest::default(), &Bounds::default())
    }
}

#[test]
fn what_is_sent_arrives_as_it_was() {
    let (here, there) = (Here::new(), Here::new());
    fs::create_dir(here.work().join("deep")).unwrap();
    let long = format!("deep/{}", "long".repeat(40));
    fs::write(here.work().join(&long), "text").unwrap();
    fs::set_permissions(here.work().join(&long), PermissionsExt::from_mode(0o750)).unwrap();
    symlink("../beside/secret", here.work().join("out")).unwrap();
    mkfifo(&here.work().join("pipe"), Mode::S_IRWXU).unwrap();
    let (manifest, stream) = here.pack();
    assert_eq!((manifest.entries.len(), manifest.bytes(), manifest.skipped.len()), (3, 4, 1));
    assert!(!String::from_utf8_lossy(&stream).contains("secret\0s"), "nothing through the link");
    let unpacked =
        unpack(&*stream, &there.work(), &Manifest::default(), &Bounds::default()).unwrap();
    assert_eq!(fs::read_to_string(there.work().join(&long)).unwrap(), "text");
    let mode = fs::metadata(there.work().join(&long)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o750);
    assert_eq!(unpacked.refused, [PathBuf::from("out")]);
}

#[test]
fn nothing_is_written_outside_whatever_the_stream_says() {
    let here = Here::new();
    for name in ["../beside/new", "/tmp/leasehold-outside", "a/../../beside/new"] {
        let fault = Stream::default().file(name, "x").into(&here).unwrap_err();
        assert!(matches!(fault, SyncFault::Outside { .. }), "{name}: {fault}");
    }
    let fault = Stream::default().add(EntryType::Link, "a", "../beside/secret", "").into(&here);
    assert!(matches!(fault.unwrap_err(), SyncFault::Outside { .. }));
    // Through a link that was there before.
    symlink("../beside", here.work().join("data")).unwrap();
    let fault = Stream::default().file("data/new", "x").into(&here).unwrap_err();
    assert!(matches!(fault, SyncFault::Unwritable { .. }), "{fault}");
    let fault = Stream::default().add(EntryType::Link, "b", "data/secret", "").into(&here);
    assert!(matches!(fault.unwrap_err(), SyncFault::Unwritable { .. }));
    assert!(here.is_untouched());
}

#[test]
fn no_link_that_leads_out_is_made_by_whatever_way() {
    let here = Here::new();
    fs::create_dir_all(here.work().join("a/b")).unwrap();
    let stream = Stream::default()
        .link("abs", "/etc/passwd")
        .link("up", "../beside/secret")
        .link("a/b/up", "../../../beside/secret")
        // Each of these looks as if it stayed, until the link before it is followed.
        .link("a/here", "..")
        .link("a/here/up", "../beside/secret")
        .link("here", ".")
        .link("via", "here/../beside/secret")
        .link("stays", "a/b")
        .add(EntryType::Char, "null", "", "")
        .into(&here)
        .unwrap();
    let refused: BTreeSet<&Path> = stream.refused.iter().map(PathBuf::as_path).collect();
    let wanted = ["abs", "up", "a/b/up", "a/here/up", "via", "null"];
    assert_eq!(refused, wanted.into_iter().map(Path::new).collect());
    for path in ["abs", "up", "a/b/up", "via"] {
        assert!(!here.work().join(path).is_symlink(), "{path}");
    }
    assert!(here.work().join("stays").is_dir());
}

#[test]
fn what_was_changed_here_meanwhile_is_kept() {
    let (here, there) = (Here::new(), Here::new());
    for name in ["same", "ours", "theirs", "both", "gone", "gone-but-changed"] {
        fs::write(here.work().join(name), "before").unwrap();
    }
    let (sent, stream) = here.pack();
    unpack(&*stream, &there.work(), &Manifest::default(), &Bounds::default()).unwrap();
    for name in ["theirs", "both"] {
        fs::write(there.work().join(name), "run's version").unwrap();
    }
    for name in ["gone", "gone-but-changed"] {
        fs::remove_file(there.work().join(name)).unwrap();
    }
    for name in ["ours", "both", "gone-but-changed"] {
        fs::write(here.work().join(name), "changed here").unwrap();
    }
    let (_, stream) = there.pack();
    let unpacked = unpack(&*stream, &here.work(), &sent, &Bounds::default()).unwrap();
    let removed = prune(&here.work(), &sent, &unpacked.seen).unwrap();
    let text = |name: &str| fs::read_to_string(here.work().join(name)).ok();
    assert_eq!(text("same").as_deref(), Some("before"));
    assert_eq!(text("ours").as_deref(), Some("changed here"));
    assert_eq!(text("theirs").as_deref(), Some("run's version"));
    assert_eq!(text("both").as_deref(), Some("changed here"));
    assert_eq!(text("both.from-run").as_deref(), Some("run's version"));
    assert_eq!((text("gone"), text("gone-but-changed").as_deref()), (None, Some("changed here")));
    assert_eq!(removed, [PathBuf::from("gone")]);
}

#[test]
fn a_change_in_the_second_of_the_sending_comes_back() {
    let here = Here::new();
    fs::write(here.work().join("file"), "before").unwrap();
    let (sent, _) = here.pack();
    let second = fs::metadata(here.work().join("file")).unwrap().modified().unwrap();
    let second = second.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let mut header = Header::new_gnu();
    header.set_mode(fs::metadata(here.work().join("file")).unwrap().permissions().mode());
    header.set_mtime(second);
    header.set_size(6);
    let mut stream = Builder::new(Vec::new());
    stream.append_data(&mut header, "file", &b"after!"[..]).unwrap();
    let stream = stream.into_inner().unwrap();
    unpack(&*stream, &here.work(), &sent, &Bounds::default()).unwrap();
    assert_eq!(fs::read_to_string(here.work().join("file")).unwrap(), "after!");
}

#[test]
fn bounds_are_kept_in_both_directions_and_a_broken_stream_leaves_no_parts() {
    let here = Here::new();
    fs::write(here.work().join("file"), vec![7; 100_000]).unwrap();
    let (_, stream) = here.pack();
    let small = Bounds { bytes_max: 1000, entries_max: 10 };
    let fault = pack(&here.work(), io::sink(), &small).unwrap_err();
    assert!(matches!(fault, SyncFault::TooLarge { bytes_max: 1000 }), "{fault}");
    let there = Here::new();
    let fault = unpack(&*stream, &there.work(), &Manifest::default(), &small).unwrap_err();
    assert!(matches!(fault, SyncFault::TooLarge { .. }), "{fault}");
    let none = Bounds { bytes_max: 1 << 20, entries_max: 0 };
    let fault = pack(&here.work(), io::sink(), &none).unwrap_err();
    assert!(matches!(fault, SyncFault::TooMany { entries_max: 0 }), "{fault}");
    let half = &stream[..50_000];
    let fault = unpack(half, &there.work(), &Manifest::default(), &Bounds::default()).unwrap_err();
    assert!(matches!(fault, SyncFault::Stream { .. }), "{fault}");
    assert_eq!(fs::read_dir(there.work()).unwrap().count(), 0);
}

#[test]
fn what_cannot_be_read_is_named() {
    let here = Here::new();
    fs::write(here.work().join("locked"), "x").unwrap();
    fs::set_permissions(here.work().join("locked"), PermissionsExt::from_mode(0o000)).unwrap();
    let packed = pack(&here.work(), io::sink(), &Bounds::default());
    if geteuid().is_root() {
        assert!(packed.is_ok(), "root may read everything");
    } else {
        assert!(packed.unwrap_err().to_string().contains("locked"));
    }
    let fault = pack(&here.work().join("gone"), io::sink(), &Bounds::default()).unwrap_err();
    assert!(matches!(fault, SyncFault::Unreadable { .. }), "{fault}");
}
