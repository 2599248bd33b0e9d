#!/bin/sh
# A plugin for Leasehold in shell, with jq: each lease gets a directory below $PLACES.
places=${PLACES:-/tmp/leasehold-places}

get() { printf %s "$line" | jq -r "$1"; }
answer() { jq -cn --argjson id "$id" --argjson result "$1" '{jsonrpc: "2.0", id: $id, result: $result}'; }
pump() {
  while IFS= read -r text || [ -n "$text" ]; do
    jq -cn --arg execution "$execution" --arg stream "$1" --arg text "$text" \
      '{jsonrpc: "2.0", method: "output", params: {executionId: $execution, stream: $stream, text: ($text + "\n")}}'
  done
}

execute() {
  cd "$place" || exit
  eval "$(get '.params.variables | to_entries[] | "export \(.key)=\(.value | @sh)"')"
  eval "set -- $(get '.params.command | @sh')"
  { { "$@" </dev/null 3>&- 4>&- & echo $! >"$places/$execution.pid"; wait $!; echo $? >"$places/$execution.code"; } 2>&1 >&3 3>&- | pump stderr >&4; } 3>&1 | pump stdout
  code=$(cat "$places/$execution.code"); rm -f "$places/$execution.pid" "$places/$execution.code"
  answer "{\"exitCode\": $code}"
}

# Until Leasehold closes the input.
while IFS= read -r line; do
  id=$(get .id) mark=$(get .params.mark) lease=$(get .params.leaseId) execution=$(get .params.executionId)
  place=$places/$lease
  case $(get .method) in
    initialize) answer '{"protocolVersion": 1, "name": "places.sh", "version": "1.0", "capabilities": {"realize": true, "list": true}}' ;;
    probe) answer '{"summary": "directories"}' ;;
    acquire)
      mkdir -p "$place" && printf %s "$mark" >"$place/mark"
      answer "{\"providerLeaseId\": \"$lease\"}" ;;
    realize) answer "{\"cwd\": \"$place\"}" ;;
    execute) execute 4>&1 & ;;
    signal)
      for try in 1 2 3 4 5 6 7 8 9; do [ -s "$places/$execution.pid" ] && break; sleep 0.1; done # it may just be starting
      kill -s "$(get .params.signal)" "$(cat "$places/$execution.pid")" 2>/dev/null ;;
    destroy)
      if [ "$(cat "$place/mark" 2>/dev/null)" = "$mark" ]; then rm -rf "$place"; there=true; else there=false; fi
      answer "{\"wasThere\": $there}" ;;
    list)
      items=$(for found in "$places"/*/mark; do
        [ ! -e "$found" ] || jq -cn --arg id "$(basename "$(dirname "$found")")" --rawfile mark "$found" '{providerLeaseId: $id, mark: $mark}'
      done | jq -cs .)
      answer "{\"complete\": true, \"items\": $items}" ;;
    *) jq -cn --argjson id "$id" '{jsonrpc: "2.0", id: $id, error: {code: -32601, message: "no such method"}}' ;;
  esac
done
