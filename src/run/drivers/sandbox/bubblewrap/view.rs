//! What is inside a sandbox: the options of `bwrap`, handed over in a file, so that variables are on
//! no command line.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

use super::home::Home;
use super::settings::Settings;
use crate::run::driver::{Fault, FaultKind, Launch, Mark};
use crate::run::{CONTEXT_FILE_VARIABLE, MARK_VARIABLE};

/// Where the workspace is inside.
pub(super) const WORKSPACE: &str = "/workspace";
/// Where the run's context is.
const CONTEXT: &str = "/run/leasehold/context.json";
const HOME: &str = "/home/agent";
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Either links into `/usr` or directories, as the system has it.
const TOP: [&str; 7] = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/opt"];
/// Of `/etc`, what programs need to start. No keys, no accounts.
const ETC: [&str; 6] = [
    "/etc/alternatives",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/ssl/certs",
];
/// What names and addresses are found by, for a sandbox with a network.
const NETWORK: [&str; 4] = ["/etc/resolv.conf", "/etc/hosts", "/etc/services", "/etc/protocols"];

/// The options, one after the other.
pub(super) struct View(Vec<OsString>);

impl View {
    /// Of a sandbox that is tried before there is a lease on it.
    pub(super) fn bare(settings: &Settings) -> Self {
        let mut view = Self(Vec::new());
        let namespaces = [
            "--die-with-parent",
            "--new-session",
            "--unshare-all",
            "--unshare-user",
            "--cap-drop",
            "ALL",
            "--uid",
            "1000",
            "--gid",
            "1000",
            "--hostname",
            "sandbox",
            "--clearenv",
            "--proc",
            "/proc",
            "--dev",
            "/dev",
            "--tmpfs",
            "/run",
        ];
        view.add(namespaces);
        view.system();
        if settings.has_network {
            view.add(["--share-net"]);
            for path in NETWORK {
                view.read_only(Path::new(path));
            }
        }
        for path in &settings.read_only_paths {
            view.read_only(path);
        }
        view
    }

    /// Of a lease's sandbox, for one command.
    pub(super) fn of(home: &Home, settings: &Settings, work: &Path) -> Self {
        let mut view = Self::bare(settings);
        view.add(["--bind".into(), home.own("home").into_os_string(), HOME.into()]);
        view.add(["--bind".into(), home.own("tmp").into_os_string(), "/tmp".into()]);
        view.add(["--bind".into(), work.as_os_str().to_owned(), WORKSPACE.into()]);
        for name in ["passwd", "group"] {
            let (own, inside) = (home.own(&format!("etc/{name}")), format!("/etc/{name}"));
            view.add(["--ro-bind".into(), own.into_os_string(), inside.into()]);
        }
        view.add(["--chdir", WORKSPACE]);
        view
    }

    /// With the variables of a command, and its context.
    pub(super) fn variables(
        &mut self,
        mark: &Mark,
        launch: &Launch,
        context: Option<&Path>,
    ) -> Result<(), Fault> {
        for (name, value) in
            [("PATH", PATH), ("HOME", HOME), ("USER", "agent"), ("LANG", "C.UTF-8")]
        {
            self.variable(name, value)?;
        }
        for (name, value) in &launch.variables {
            self.variable(name, value)?;
        }
        if let Some(path) = context {
            self.add(["--ro-bind".into(), path.as_os_str().to_owned(), CONTEXT.into()]);
            self.variable(CONTEXT_FILE_VARIABLE, CONTEXT)?;
        }
        self.variable(MARK_VARIABLE, &mark.to_string())
    }

    /// As `bwrap --args` reads them. A bound path with a NUL cannot be: no file has one.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for option in self.0 {
            bytes.extend(option.into_vec());
            bytes.push(0);
        }
        bytes
    }

    /// As words of a command line, for a trial: there are no variables yet.
    pub(super) fn into_words(self) -> Vec<OsString> {
        self.0
    }

    fn variable(&mut self, name: &str, value: &str) -> Result<(), Fault> {
        if name.is_empty() || name.contains(['=', '\0']) || value.contains('\0') {
            let message = format!("no process can have a variable called {name:?} with its value");
            return Err(Fault::new(FaultKind::BadConfig, message));
        }
        self.add(["--setenv", name, value]);
        Ok(())
    }

    fn system(&mut self) {
        self.read_only(Path::new("/usr"));
        for path in TOP {
            match fs::read_link(path) {
                Ok(target) => self.add(["--symlink".into(), target.into_os_string(), path.into()]),
                Err(_) => self.read_only(Path::new(path)),
            }
        }
        for path in ETC {
            self.read_only(Path::new(path));
        }
    }

    fn read_only(&mut self, path: &Path) {
        let path = path.as_os_str().to_owned();
        debug_assert!(!path.as_bytes().contains(&0));
        self.add(["--ro-bind-try".into(), path.clone(), path]);
    }

    fn add<T: Into<OsString>>(&mut self, words: impl IntoIterator<Item = T>) {
        self.0.extend(words.into_iter().map(Into::into));
    }
}
