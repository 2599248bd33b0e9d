"""Looks for another company's things with a token of one's own: what is theirs does not exist.

    python tests/fuzz/probes.py [PROBES]

Each probe asks the same twice: about what another company has, and about what nobody has. Ends with 0
when the answers never differ by more than the id that was asked for, and when time tells no more: of
each way to ask, 10,000 probes about things of the other company and 10,000 about nothing, by five ids
of either kind and in an order that is drawn anew each time, so that whatever else the machine does
meets all alike. Two runs of the same probe are two of the five ids of nothing. The medians of the two
kinds have to differ by less than those runs do, in most of the repetitions.
"""

import http.client
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

PROBES = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
TIMED, IDS, REPETITIONS = 10_000, 5, 3
REPOSITORY = Path(__file__).resolve().parents[2]
OWN, THEIRS = str(uuid.uuid4()), str(uuid.uuid4())
LEASE_CHANGES = {
    "release": {}, "renew": {"ttlSeconds": 60}, "retain": {}, "abandon": {"reason": "x"},
    "activate": {"providerLeaseId": "x"}, "resume": {"heartbeatRunId": str(uuid.uuid4())},
}


def program() -> str:
    target = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target"))
    kinds = [target / kind / "leasehold" for kind in ("release", "debug")]
    return os.environ.get("LEASEHOLD_BIN") or str(next(path for path in kinds if path.exists()))


class Client:
    def __init__(self, address: str, token: str | None = None):
        self.connection = http.client.HTTPConnection(address, timeout=30)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def ask(self, method: str, path: str, body: dict | None = None) -> tuple[int, str]:
        text = None if body is None else json.dumps(body)
        headers = self.headers | ({"Content-Type": "application/json"} if text else {})
        self.connection.request(method, path, text, headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read().decode()

    def make(self, path: str, body: dict) -> dict:
        status, text = self.ask("POST", path, body)
        assert status in (200, 201), text
        return json.loads(text)


def probes(environment: str, lease: str, run: str) -> list[tuple[str, str, dict | None, str]]:
    """Every way to name a thing of a company: method, path, body, and the id in it."""
    found = []
    for base in (f"/v1/companies/{OWN}", "/v1"):
        place, held = f"{base}/environments/{environment}", f"{base}/leases/{lease}"
        for path in (place, f"{place}/leases", f"{place}/usage"):
            found.append(("GET", path, None, environment))
        found.append(("POST", f"{base}/leases", {"environmentId": environment}, environment))
        for path in (held, f"{held}/check?fence=1", f"{held}/history", f"{held}/explain"):
            found.append(("GET", path, None, lease))
        for change, body in LEASE_CHANGES.items():
            found.append(("POST", f"{held}/{change}", body, lease))
        found.append(("PUT", f"{held}/metadata", {"metadata": {}}, lease))
        found.append(("POST", f"{base}/runs/{run}/release", {}, run))
        found.append(("GET", f"{base}/leases?runId={run}", None, run))
        found.append(("GET", f"{base}/leases?environmentId={environment}", None, environment))
    for path in ("environments", "leases", "activity", "events", f"leases/{lease}"):
        found.append(("GET", f"/v1/companies/{THEIRS}/{path}", None, THEIRS))
    return found


def same(client: Client, probe: tuple[str, str, dict | None, str]) -> tuple[bool, str]:
    method, path, body, theirs = probe
    nobody = str(uuid.uuid4())
    swap = lambda text: text.replace(theirs, nobody)
    swapped = None if body is None else json.loads(swap(json.dumps(body)))
    first, second = (method, path, body), (method, swap(path), swapped)
    order = [first, second] if random.random() < 0.5 else [second, first]
    answers = {asked[1]: client.ask(*asked) for asked in order}
    clean = lambda answer: re.sub(r'"key":"[^"]*"', "", swap(answer[1]))
    one, other = answers[path], answers[swap(path)]
    if path == swap(path):
        one, other = client.ask(*first), client.ask(*second)
    is_same = one[0] == other[0] and clean(one) == clean(other)
    return is_same, f"{method} {path}: {one} but {other}"


def timed(client: Client, method: str, path: str, theirs: list[str]) -> tuple[float, float]:
    """How far the medians of the two kinds are apart, and those of two runs of the same; microseconds."""
    ids = [str(uuid.uuid7() if hasattr(uuid, "uuid7") else uuid.uuid4()) for _ in theirs] + theirs
    times = [[] for _ in ids]
    body = {} if method == "POST" else None
    for _ in range(TIMED // len(theirs)):
        for place in random.sample(range(len(ids)), len(ids)):
            since = time.perf_counter()
            client.ask(method, path.format(ids[place]), body)
            times[place].append(time.perf_counter() - since)
    median = lambda some: statistics.median(sum(some, [])) * 1e6
    nobodys = [median([of_one]) for of_one in times[: len(theirs)]]
    apart = median(times[len(theirs) :]) - median(times[: len(theirs)])
    return apart, max(nobodys) - min(nobodys)


def tells_nothing(client: Client, places: list[str], leases: list[str]) -> bool:
    own = f"/v1/companies/{OWN}"
    ways = [
        ("GET", f"{own}/leases/{{}}", leases),
        ("GET", "/v1/leases/{}", leases),
        ("GET", f"{own}/leases/{{}}/history", leases),
        ("GET", f"{own}/environments/{{}}", places),
        ("POST", f"{own}/leases/{{}}/release", leases),
    ]
    is_quiet = True
    for method, path, theirs in ways:
        client.ask(method, path.format(theirs[0]), {} if method == "POST" else None)
        found = [timed(client, method, path, theirs) for _ in range(REPETITIONS)]
        within = sum(abs(apart) < same for apart, same in found)
        is_quiet = is_quiet and within * 2 > REPETITIONS
        said = ", ".join(f"{apart:+.1f} ({same:.1f})" for apart, same in found)
        print(f"{method} {path.replace(OWN, 'OWN')}: theirs against nobody's {said} us")
    return is_quiet


def run(address: str) -> bool:
    admin = Client(address)
    token = admin.make("/v1/admin/tokens", {"name": "root", "role": "admin"})["secret"]
    admin = Client(address, token)
    body = {"name": "own", "role": "heartbeat", "companyId": OWN}
    client = Client(address, admin.make("/v1/admin/tokens", body)["secret"])
    client.make(f"/v1/companies/{OWN}/environments/ensure-local", {})
    theirs = f"/v1/companies/{THEIRS}"
    named = lambda number: {"name": f"theirs {number}", "driver": "ssh"}
    places = [admin.make(f"{theirs}/environments", named(number))["id"] for number in range(IDS)]
    run_id, place = str(uuid.uuid4()), places[0]
    held = {"environmentId": place, "heartbeatRunId": run_id}
    leases = [admin.make(f"{theirs}/leases", held)["id"] for _ in range(IDS)]
    lease = leases[0]
    before = admin.ask("GET", f"{theirs}/events?limit=500")
    all_probes, leaks = probes(place, lease, run_id), []
    for number in range(PROBES // 2):
        is_same, said = same(client, all_probes[number % len(all_probes)])
        if not is_same:
            leaks.append(said)
    changed = admin.ask("GET", f"{theirs}/events?limit=500") != before
    print(f"{PROBES} probes of {len(all_probes)} kinds: {len(leaks)} tell more; changed: {changed}")
    for said in leaks[:10]:
        print(said)
    return not leaks and not changed and tells_nothing(client, places, leases)


def main() -> None:
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    with tempfile.TemporaryDirectory(prefix="leasehold-probes-") as folder:
        # As root the database runs as another user, who has to be able to enter.
        os.chmod(folder, 0o755)
        serve = [program(), "serve", "--listen", "127.0.0.1:0", "--requests-per-second", "0"]
        process = subprocess.Popen(
            [*serve, "--data-dir", f"{folder}/data"], env=env, stderr=subprocess.PIPE, text=True
        )
        try:
            found = (re.search(r"listening on http://(\S+)", line) for line in process.stderr)
            is_good = run(next(match[1] for match in found if match))
        finally:
            process.terminate()
            process.wait()
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
