//! One host by the system's OpenSSH client. Every call of a process to the same host with the same
//! key shares one connection, which ends by itself half a minute after the last of them.

use std::fs::{DirBuilder, Metadata};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use nix::unistd::geteuid;
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::time::timeout;

use super::config::{Config, Key};
use super::memory_file::MemoryFile;
use super::trouble::{CLIENT_FAILED, Trouble};
use crate::run::driver::{Fault, FaultKind};
use crate::run::secret;

/// How long the host may take to let us in, and how long it may say nothing before it is taken for
/// gone: three times five seconds.
const OPTIONS: [&str; 15] = [
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    "UpdateHostKeys=no",
    "PreferredAuthentications=publickey",
    "ForwardAgent=no",
    "ForwardX11=no",
    "ClearAllForwardings=yes",
    "PermitLocalCommand=no",
    "RequestTTY=no",
    "ConnectTimeout=10",
    "ConnectionAttempts=1",
    "ServerAliveInterval=5",
    "ServerAliveCountMax=3",
    "ControlMaster=auto",
    "ControlPersist=30",
];

/// How long a short script may take.
const SCRIPT_FOR: Duration = Duration::from_mins(1);

/// What keeps a key and the known hosts in memory while clients read them.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) config: Config,
    options: Vec<String>,
    _key: Option<MemoryFile>,
    _known_hosts: Option<MemoryFile>,
}

impl Connection {
    pub(super) fn new(config: Config) -> Result<Self, Fault> {
        let mut options: Vec<String> = OPTIONS.map(str::to_owned).to_vec();
        let mut fingerprint = Sha256::new();
        fingerprint.update(format!("{}\n{:?}\n", config.shown(), config.known_hosts));
        let in_memory = |text: &str| {
            MemoryFile::new(text).map_err(|error| Fault::system("a file in memory", error))
        };
        let known_hosts = config.known_hosts.as_deref().map(in_memory).transpose()?;
        if let Some(file) = &known_hosts {
            options.push(format!("UserKnownHostsFile={}", file.path()));
            options.push("GlobalKnownHostsFile=/dev/null".to_owned());
        }
        let (identity, key) = match &config.key {
            Key::Agent => (None, None),
            Key::File(path) => (Some(path.replace('%', "%%")), None),
            Key::Secret(reference) => {
                let text = secret::resolve("privateKey", reference)?;
                fingerprint.update(&text);
                let file = in_memory(&text)?;
                (Some(file.path()), Some(file))
            }
        };
        if let Some(identity) = identity {
            fingerprint.update(if key.is_some() { "in memory" } else { &identity });
            options.extend(["IdentitiesOnly=yes".to_owned(), format!("IdentityFile={identity}")]);
            options.push("IdentityAgent=none".to_owned());
        }
        let digest = fingerprint.finalize();
        let mut name = [0; 16];
        name.copy_from_slice(&digest[..16]);
        let name = format!("{:032x}", u128::from_be_bytes(name));
        let sockets = sockets().map_err(|error| Fault::system("the ssh sockets", error))?;
        options.push(format!("ControlPath={}", sockets.join(name).display()));
        Ok(Self { config, options, _key: key, _known_hosts: known_hosts })
    }

    /// The client, about to run a command line of the host's. Killed when it is dropped; in a
    /// process group of its own, as signals of the terminal's are not for it.
    pub(super) fn client(&self, remote: &str, log_level: &str) -> Command {
        let mut client = Command::new("ssh");
        client.args(["-F", "none", "-T", "-o", &format!("LogLevel={log_level}")]);
        for option in &self.options {
            client.args(["-o", option]);
        }
        let (port, user) = (self.config.port.to_string(), &self.config.username);
        client.args(["-p", &port, "-l", user, "--", &self.config.host, remote]);
        client.env("LC_ALL", "C").process_group(0).kill_on_drop(true);
        client
    }

    /// Runs a script of ours and gives its output. Nothing of it is on a command line.
    pub(super) async fn script(&self, script: &str) -> Result<String, Fault> {
        let mut client = self.client("exec /bin/sh -s", "ERROR");
        client.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let done = timeout(SCRIPT_FOR, async {
            let mut child = client.spawn()?;
            if let Some(mut stdin) = child.stdin.take() {
                // Who does not read it to the end says on stderr why.
                let _ = stdin.write_all(script.as_bytes()).await;
            }
            child.wait_with_output().await
        });
        let shown = self.config.shown();
        let output = done.await.map_err(|_| Trouble::TimedOut.at(&shown))?;
        let output = output.map_err(|error| cannot_start(&error))?;
        self.check(&output)?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// An end that is a failure, as a fault.
    pub(super) fn check(&self, output: &Output) -> Result<(), Fault> {
        let code = output.status.code();
        if code == Some(0) {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let shown = self.config.shown();
        if code == Some(CLIENT_FAILED) {
            return Err(Trouble::of(&said).at(&shown));
        }
        let kind = match code {
            Some(76) => FaultKind::Missing,
            Some(77) => FaultKind::Gone,
            _ => FaultKind::System,
        };
        let said = said.lines().map(str::trim).find(|line| !line.is_empty());
        let said = said.unwrap_or(if kind == FaultKind::Gone {
            "the lease's directory is not there"
        } else {
            "it failed without a word"
        });
        // tar says how much it wrote before it says why no more, if it says that at all.
        let is_full = ["No space left on device", "Wrote only", "Disk quota exceeded"];
        let full = is_full.iter().any(|words| said.contains(words));
        let room = if full { "there is no room left: " } else { "" };
        Err(Fault::new(kind, format!("on {shown}: {room}{said}")).after_creating())
    }
}

pub(super) fn cannot_start(error: &io::Error) -> Fault {
    let message = if error.kind() == io::ErrorKind::NotFound {
        "there is no ssh on this machine; install openssh-client".to_owned()
    } else {
        format!("ssh cannot be started: {error}")
    };
    Fault::new(FaultKind::Missing, message)
}

/// The directory of the sockets over which connections are shared: nobody else's, and with a path
/// that is short enough for a socket.
fn sockets() -> io::Result<PathBuf> {
    let uid = geteuid().as_raw();
    let path = Path::new("/tmp").join(format!("leasehold-ssh-{uid}"));
    match DirBuilder::new().mode(0o700).create(&path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let is_ours =
        |found: &Metadata| found.is_dir() && found.uid() == uid && found.mode() & 0o777 == 0o700;
    if !is_ours(&path.symlink_metadata()?) {
        return Err(io::Error::other(format!("{} is not ours alone", path.display())));
    }
    Ok(path)
}
