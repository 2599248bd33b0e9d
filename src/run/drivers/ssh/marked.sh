# Processes of a lease are known by a variable in their environment: it is inherited, whatever group
# or session they move to.
# Each variable ends with a NUL; without -z some greps look no further than the first.
marked() {
  grep -lzF "LEASEHOLD_MARK=$mark" /proc/[0-9]*/environ 2>/dev/null | sed 's|^/proc/||; s|/environ$||'
}

# Ends them all: for `gentle` tenths of a second they are only asked. `count` is how many there were.
end_marked() {
  count=0
  tries=0
  ended=' '
  while pids=$(marked) && [ -n "$pids" ]; do
    [ "$tries" -lt 100 ] || return 1
    signal=KILL
    [ "$tries" -ge "${gentle:-0}" ] || signal=TERM
    tries=$((tries + 1))
    for pid in $pids; do
      kill -s "$signal" "$pid" 2>/dev/null || continue
      case $ended in
        *" $pid "*) ;;
        *) ended="$ended$pid "; count=$((count + 1)) ;;
      esac
    done
    sleep 0.1 2>/dev/null || sleep 1
  done
  return 0
}

