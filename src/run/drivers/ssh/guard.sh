# Runs on the host beside a command and answers for its end. Told by its caller: `state`, a directory
# of this execution; `mark`, the lease's; `patience`, seconds of silence after which the caller is
# taken for dead; `bytes`, the length of the launch script that follows on the input.
# Hears: `.` all is well, `sig NAME`, `kill`, `end`. Says: `ready`, then `exit CODE ENDED`.
umask 077
mkdir -p "$state" || exit 73
dd bs=1 count="$bytes" >"$state/launch" 2>/dev/null || exit 73
[ "$(wc -c <"$state/launch")" -eq "$bytes" ] || exit 74

hear() {
  if command -v timeout >/dev/null 2>&1; then
    timeout "$patience" /bin/sh -c 'IFS= read -r word && printf %s "$word"'
  else
    IFS= read -r word && printf %s "$word"
  fi
}

leader() {
  cat "$state/leader" 2>/dev/null
}

finish() {
  end_marked
  # Where there is no /proc to find the mark in, the group is what is known.
  [ -d /proc/self ] || kill -KILL -- "-$(leader)" 2>/dev/null
  code=$(cat "$state/exit" 2>/dev/null || { [ -e "$state/leader" ] && echo none || echo never; })
  rm -rf "$state"
  echo "exit $code $count"
  exit 0
}

echo ready
while word=$(hear); do
  case $word in
    'sig '*) group=$(leader) && [ -n "$group" ] && kill -s "${word#sig }" -- "-$group" ;;
    kill) : >"$state/killed"; rm -f "$state/exit"; end_marked ;;
    end) finish ;;
  esac 2>/dev/null
done
# Nobody is there any more: what was started for them ends.
: >"$state/killed"
finish
