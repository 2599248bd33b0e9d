//! The script that becomes the command on the host. It travels on the guard's input and lies in a
//! file of 0600 until the command's shell has opened it, so that variables are on nobody's command
//! line.

use super::END_MARKED;
use super::quote::{assigned, quoted};
use crate::run::driver::{Fault, FaultKind, Launch};
use crate::run::{CONTEXT_FILE_VARIABLE, MARK_VARIABLE};

pub(super) fn launch_script(
    state: &str,
    cwd: &str,
    mark: &str,
    launch: &Launch,
) -> Result<String, Fault> {
    let mut lines = vec![
        assigned("leasehold_state", state),
        // The shell has it open. Whoever is killed leaves no secrets on a disk.
        "rm -f \"$leasehold_state/launch\"\n".to_owned(),
        "[ ! -e \"$leasehold_state/killed\" ] || exit 137\n".to_owned(),
        "echo $$ >\"$leasehold_state/leader\" || exit 73\n".to_owned(),
    ];
    lines.extend(launch.context.as_deref().map(context_file));
    lines.push(format!("cd {} || exit 73\n", quoted(cwd)));
    for (name, value) in &launch.variables {
        if !is_shell_name(name) {
            let message = format!("a variable cannot be called {name:?} on another host");
            return Err(Fault::new(FaultKind::BadConfig, message));
        }
        lines.extend([assigned(name, value), format!("export {name}\n")]);
    }
    // A handler, where ignoring would be inherited by the command.
    lines.push("trap : INT TERM HUP\n".to_owned());
    let words: Vec<String> = launch.command.iter().map(|word| quoted(word)).collect();
    lines.push(words.join(" "));
    lines.push("\necho $? >\"$leasehold_state/exit\"\n".to_owned());
    lines.push(last_words(mark));
    Ok(lines.concat())
}

/// The context as a file that only this user reads.
fn context_file(context: &str) -> String {
    let path = "\"$leasehold_state/context.json\"";
    format!(
        "leasehold_umask=$(umask); umask 077\nprintf %s {} >{path} || exit 73\n\
         umask \"$leasehold_umask\"; unset leasehold_umask\n\
         {CONTEXT_FILE_VARIABLE}={path}\nexport {CONTEXT_FILE_VARIABLE}\n",
        quoted(context)
    )
}

/// What the command left running ends with it, or the session would wait for it. The shell becomes
/// one that does not carry the mark itself.
fn last_words(mark: &str) -> String {
    let script = format!("{}gentle=20\n{END_MARKED}end_marked\n", assigned("mark", mark));
    let quiet = "</dev/null >/dev/null 2>&1";
    format!("unset {MARK_VARIABLE}\nexec /bin/sh -c {} {quiet}\n", quoted(&script))
}

fn is_shell_name(name: &str) -> bool {
    let mut letters = name.chars();
    let is_start = |letter: char| letter.is_ascii_alphabetic() || letter == '_';
    letters.next().is_some_and(is_start)
        && letters.all(|letter| is_start(letter) || letter.is_ascii_digit())
}
