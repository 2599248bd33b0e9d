//! A real sshd on the loopback, with keys and a directory of its own.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use nix::unistd::{User, geteuid};
use serde_json::{Value, json};
use uuid::Uuid;

/// A host that lets this user in with one key. Ends when it goes out of scope.
pub(crate) struct SshHost {
    root: PathBuf,
    port: u16,
    daemon: Mutex<Option<Child>>,
}

impl SshHost {
    /// Starts it and waits until it listens.
    pub(crate) fn start() -> Self {
        let root = std::env::temp_dir().join(format!("leasehold-sshd-{}", Uuid::now_v7().simple()));
        fs::create_dir(&root).unwrap();
        fs::set_permissions(&root, PermissionsExt::from_mode(0o700)).unwrap();
        fs::create_dir(root.join("base")).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let host = Self { root, port, daemon: Mutex::new(None) };
        host.make_key("host");
        host.make_key("user");
        fs::copy(host.root.join("user.pub"), host.root.join("authorized")).unwrap();
        host.listen();
        host
    }

    /// Makes a key, in place of an earlier one of its name.
    pub(crate) fn make_key(&self, name: &str) -> PathBuf {
        let path = self.root.join(name);
        let _ = fs::remove_file(&path);
        let mut made = Command::new("ssh-keygen");
        made.args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&path);
        assert!(made.status().unwrap().success());
        path
    }

    /// Starts the daemon, again if it was stopped.
    pub(crate) fn listen(&self) {
        self.stop();
        // Debian's sshd wants it, and its package's own start makes it.
        let _ = fs::create_dir_all("/run/sshd");
        let shown = self.root.display();
        let config = format!(
            "ListenAddress 127.0.0.1\nPort {}\nHostKey {shown}/host\nAuthorizedKeysFile \
             {shown}/authorized\nPidFile none\nUsePAM no\nStrictModes no\nPrintMotd no\n\
             PasswordAuthentication no\nPermitRootLogin prohibit-password\nMaxStartups 100\n",
            self.port
        );
        fs::write(self.root.join("config"), config).unwrap();
        let log = fs::File::create(self.root.join("log")).unwrap();
        let daemon = Command::new("/usr/sbin/sshd")
            .args(["-D", "-e", "-f"])
            .arg(self.root.join("config"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("sshd, of the package openssh-server");
        *self.daemon.lock().unwrap() = Some(daemon);
        let deadline = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let log = || fs::read_to_string(self.root.join("log")).unwrap_or_default();
            assert!(Instant::now() < deadline, "sshd does not listen: {}", log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Stops listening. Sessions go on, as with any sshd.
    pub(crate) fn stop(&self) {
        if let Some(mut daemon) = self.daemon.lock().unwrap().take() {
            daemon.kill().unwrap();
            daemon.wait().unwrap();
        }
    }

    /// kill -9 of the daemon and of what serves its sessions, as when the host loses power but for
    /// the commands, which have to notice. It listens again afterwards.
    pub(crate) fn crash(&self) {
        self.kill_sessions();
        self.listen();
    }

    /// The same, and it does not come back by itself.
    pub(crate) fn vanish(&self) {
        self.kill_sessions();
        self.stop();
    }

    fn kill_sessions(&self) {
        for session in self.sessions() {
            let session = nix::unistd::Pid::from_raw(session);
            let _ = nix::sys::signal::kill(session, nix::sys::signal::Signal::SIGKILL);
        }
    }

    /// An environment's settings for it.
    pub(crate) fn config(&self) -> Value {
        json!({
            "host": "127.0.0.1",
            "port": self.port,
            "username": User::from_uid(geteuid()).unwrap().unwrap().name,
            "remoteWorkspacePath": self.base(),
            "knownHosts": self.known_hosts(),
            "identityFile": self.root.join("user"),
        })
    }

    /// Where the leases are.
    pub(crate) fn base(&self) -> PathBuf {
        self.root.join("base")
    }

    fn known_hosts(&self) -> String {
        let key = fs::read_to_string(self.root.join("host.pub")).unwrap();
        format!("[127.0.0.1]:{} {key}", self.port)
    }

    /// The processes that serve sessions: those below the daemon.
    pub(crate) fn sessions(&self) -> Vec<i32> {
        let daemon = self.daemon.lock().unwrap().as_ref().map(Child::id);
        let processes = fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap().path());
        processes.filter(|path| parent(path) == daemon).filter_map(|path| number(&path)).collect()
    }
}

fn number(path: &Path) -> Option<i32> {
    path.file_name()?.to_str()?.parse().ok()
}

fn parent(process: &Path) -> Option<u32> {
    let stat = fs::read_to_string(process.join("stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

impl Drop for SshHost {
    fn drop(&mut self) {
        self.kill_sessions();
        self.stop();
        let _ = fs::remove_dir_all(&self.root);
    }
}
