# What is done to a lease's directory on the host. Told by its caller: `deed`, `base`, the directory
# of all leases; `mark`; `lease`, its id; `slot`, the name of the resource's directory, or nothing
# when only the mark is known; `work`, the working directory, when it is not the lease's own.
umask 077
home="$base/.leasehold"

# A crash may come before any line: the mark stands before anything else is made.
write_mark() {
  printf '%s\n' "$mark" >"$home/$slot/mark.new" && mv -f "$home/$slot/mark.new" "$home/$slot/mark"
}

has_mark() {
  [ "$(cat "$home/$slot/mark" 2>/dev/null)" = "$mark" ]
}

# There is nothing in it but a mark that was not finished.
remove_unmarked() {
  rm -f "$1/mark.new"
  rmdir "$1" 2>/dev/null
}

# Sets `slot` to the directory that carries the mark; fails when none does.
find_slot() {
  if [ -n "$slot" ]; then
    has_mark
    return
  fi
  for found in "$home"/*/mark; do
    [ "$(cat "$found" 2>/dev/null)" = "$mark" ] || continue
    slot=${found%/mark}
    slot=${slot##*/}
    return 0
  done
  # Made, and not marked yet, when its maker died.
  remove_unmarked "$home/$lease"
  return 1
}

# That nothing is there means something only where things would be.
look() {
  [ -d "$base" ] && [ -r "$base" ] && [ -x "$base" ] || { echo "no $base to look into" >&2; exit 75; }
  [ ! -e "$home" ] || { [ -r "$home" ] && [ -x "$home" ]; } || { echo "cannot look into $home" >&2; exit 75; }
}

# Directories without the right to write, as package caches have them, come in the way of removing.
remove() {
  rm -rf "$1" 2>/dev/null || { chmod -R u+rwX "$1"; rm -rf "$1"; }
}

case $deed in
  probe)
    command -v tar >/dev/null || { echo "tar is not installed there" >&2; exit 76; }
    mkdir -p "$base" && : >"$base/.leasehold.$$" && rm "$base/.leasehold.$$" || exit 73
    uname -sr
    ;;
  acquire)
    # Whoever destroys the last lease at this moment takes the directory of all with it.
    mkdir -p "$home/$slot" || mkdir -p "$home/$slot" || mkdir -p "$home/$slot" || exit 73
    write_mark || exit 73
    echo made
    ;;
  resume)
    look
    [ -s "$home/$slot/mark" ] || { echo gone; exit 0; }
    write_mark || exit 73
    echo here
    ;;
  realize)
    has_mark || exit 77
    mkdir -p "$work" || exit 73
    cd "$work" && pwd -P
    ;;
  clear)
    has_mark || exit 77
    for inside in "$work"/* "$work"/.[!.]* "$work"/..?*; do
      remove "$inside" || exit 73
    done
    ;;
  release)
    look
    end_marked || { echo "processes of $mark do not end" >&2; exit 78; }
    find_slot || { echo "absent $count"; exit 0; }
    remove "$home/$slot/run" || exit 73
    echo "there $count"
    ;;
  destroy)
    look
    end_marked || { echo "processes of $mark do not end" >&2; exit 78; }
    find_slot || { echo "absent $count"; exit 0; }
    # The mark goes last: what a crash leaves half removed is still known to be the lease's.
    for inside in "$home/$slot"/* "$home/$slot"/.[!.]* "$home/$slot"/..?*; do
      [ "$inside" = "$home/$slot/mark" ] || remove "$inside" || exit 73
    done
    rm -f "$home/$slot/mark" && rmdir "$home/$slot" || exit 73
    rmdir "$home" 2>/dev/null
    echo "there $count"
    ;;
  list)
    look
    # Not marked within a minute: its maker has died, and no cleanup may ever ask for it.
    find "$home" -mindepth 1 -maxdepth 1 -type d -mmin +1 2>/dev/null | while IFS= read -r found; do
      [ -e "$found/mark" ] || remove_unmarked "$found"
    done
    rmdir "$home" 2>/dev/null
    for found in "$home"/*/mark; do
      [ -e "$found" ] || continue
      slot=${found%/mark}
      since=$(stat -c %Y "$found" 2>/dev/null || echo 0)
      printf '%s %s %s\n' "${slot##*/}" "$(cat "$found")" "$since" || exit 73
    done
    echo complete
    ;;
esac
