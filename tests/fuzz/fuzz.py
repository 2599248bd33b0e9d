"""Asks a server of its own everything that its OpenAPI document says can be asked, at random.

    pip install schemathesis==4.32.5
    python tests/fuzz/fuzz.py [REQUESTS]

Ends with 0 when every operation has answered 2xx at least once, at least 40 of 100 requests have,
nothing answered 500, every status and media type was documented, and every error was a problem.
"""

import collections
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import hypothesis
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.generation import GenerationMode

REQUESTS = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
REPOSITORY = Path(__file__).resolve().parents[2]
COMPANY = str(uuid.uuid4())
# Endless by nature; asked once, by hand.
STREAMS = {"followEvents", "followEventsAnywhere"}
NAMES = iter(f"made {number}" for number in range(1, 10_000_000))


def program() -> str:
    target = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target"))
    kinds = [target / kind / "leasehold" for kind in ("release", "debug")]
    return os.environ.get("LEASEHOLD_BIN") or str(next(path for path in kinds if path.exists()))


class Server:
    """A server with a private database, and things in it that requests can be about."""

    def __init__(self, folder: str):
        env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        serve = [program(), "serve", "--listen", "127.0.0.1:0", "--requests-per-second", "0"]
        self.process = subprocess.Popen(
            [*serve, "--data-dir", f"{folder}/data"], env=env, stderr=subprocess.PIPE, text=True
        )
        found = (re.search(r"listening on (\S+)", line) for line in self.process.stderr)
        self.url = next(match[1] for match in found if match)
        self.http = requests.Session()
        made = self.post("/v1/admin/tokens", {"name": "fuzz", "role": "admin"})
        self.token = made["secret"]
        self.http.headers["Authorization"] = f"Bearer {self.token}"
        self.base = f"/v1/companies/{COMPANY}"

    def post(self, path: str, body: dict) -> dict:
        answer = self.http.post(self.url + path, json=body)
        assert answer.ok, f"{path}: {answer.text}"
        return answer.json()

    def environment(self, **fields) -> str:
        body = {"name": next(NAMES), "driver": "ssh", **fields}
        return self.post(f"{self.base}/environments", body)["id"]

    def lease(self, how: str = "", **fields) -> dict:
        body = {"environmentId": self.place, "heartbeatRunId": str(uuid.uuid4()), **fields}
        return self.post(f"{self.base}/leases{how}", body)

    def uncleaned(self) -> dict:
        lease = self.lease(provider="e2b", providerLeaseId="sandbox")
        path = f"{self.base}/leases/{lease['id']}"
        return self.post(f"{path}/release", {"cleanupStatus": "pending"})

    def claimed(self) -> dict:
        self.uncleaned()
        body = {"owner": "fuzz", "limit": 1, "ttlSeconds": 3_600}
        return self.post(f"{self.base}/cleanups/claim", body)["items"][0]


def aim(server: Server, operation: str, case) -> None:
    """Puts what is there where the generated request names what is not."""
    path, query, body = case.path_parameters, case.query, case.body
    name = operation.removesuffix("Anywhere")
    body = body if isinstance(body, dict) else {}
    query = query if isinstance(query, dict) else {}
    if "companyId" in path:
        path["companyId"] = COMPANY
    for wait in ("minPosition", "cursor", "at", "asKnown", "atPosition", "waitFor"):
        query.pop(wait, None)
    if "timeout" in query:
        query["timeout"] = 0
    if "free" in query:
        query["free"] = f"environment:{server.place}"
    if "environmentId" in path:
        fresh = name in ("removeEnvironment", "archiveEnvironment", "updateEnvironment")
        path["environmentId"] = server.environment() if fresh else server.place
    if "environmentId" in body:
        body["environmentId"] = server.place
    if "name" in body and name in ("createEnvironment", "updateEnvironment"):
        body["name"] = next(NAMES)
    for other in ("replacesLeaseId", "resumesLeaseId", "fence"):
        body.pop(other, None)
    if "projection" in path:
        path["projection"] = random.choice(["environments", "environment_leases", "all"])
        body.pop("wait", None)
    if "rebuildId" in path:
        path["rebuildId"] = server.rebuild
    if "runId" in path:
        lease = server.lease()
        path["runId"] = lease["heartbeatRunId"]
    if "tokenId" in path:
        made = server.post("/v1/admin/tokens", {"name": "gone", "role": "auditor"})
        path["tokenId"] = made["id"]
    if name == "createToken":
        body.pop("expiresAt", None)
        body["companyId"] = COMPANY
    if "leaseId" not in path:
        return
    if name in ("activateLease", "abandonLease"):
        lease = server.lease("/reserve")
    elif name in ("renewCleanup", "succeedCleanup", "failCleanup", "deferCleanup"):
        item = server.claimed()
        path["leaseId"], body["claimFence"] = item["leaseId"], item["claimFence"]
        return
    elif name == "resumeLease":
        lease = server.lease(leasePolicy="reuse_by_environment")
        server.post(f"{server.base}/leases/{lease['id']}/retain", {})
    else:
        lease = server.lease(ttlSeconds=3_600)
    path["leaseId"] = lease["id"]
    if name == "checkLease":
        query["fence"] = lease["fence"]


def header(answer, name: str) -> str:
    found = answer.headers.get(name) or [""]
    return found if isinstance(found, str) else found[0]


class Tally:
    def __init__(self):
        self.statuses = collections.Counter()
        self.good = collections.Counter()
        self.faults = []

    def note(self, operation: str, case, answer) -> None:
        status = answer.status_code
        self.statuses[status] += 1
        self.good[operation] += 200 <= status < 300
        kind = header(answer, "content-type").split(";")[0]
        documented = case.operation.definition.raw["responses"].get(str(status))
        said = f"{operation} {status} {kind} {answer.text[:200]}"
        if status >= 500 and status not in (503, 504):
            self.faults.append(f"a fault: {said}")
        elif documented is None:
            self.faults.append(f"an undocumented status: {said}")
        elif not documented.get("content"):
            # No content, or what the protocol's own machinery answers before there is a request.
            if answer.text:
                self.faults.append(f"an undocumented body: {said}")
        elif kind not in documented["content"]:
            self.faults.append(f"an undocumented media type: {said}")
        elif status >= 400 and (kind != "application/problem+json" or "code" not in answer.json()):
            self.faults.append(f"no problem: {said}")


def ask(server: Server, operation, mode: GenerationMode, times: int, tally: Tally) -> None:
    name = operation.definition.raw["operationId"]

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=times,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=False,
    )
    def run(case):
        if mode is GenerationMode.POSITIVE:
            aim(server, name, case)
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {server.token}"}
        if (case.headers.get("Idempotency-Key") or "").strip() == "":
            case.headers.pop("Idempotency-Key", None)
        if isinstance(case.query, dict):
            case.query.pop("minPosition", None)
            if mode is GenerationMode.NEGATIVE and case.query.get("timeout"):
                case.query["timeout"] = "never"
        tally.note(name, case, case.call(base_url=server.url, timeout=300))

    run()


def main() -> None:
    tally, since = Tally(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="leasehold-fuzz-") as folder:
        # As root the database runs as another user, who has to be able to enter.
        os.chmod(folder, 0o755)
        server = Server(folder)
        try:
            server.place = server.environment()
            rebuilt = server.post("/v1/admin/projections/environments/rebuild", {"wait": True})
            server.rebuild = rebuilt["id"]
            schema = schemathesis.openapi.from_dict(server.http.get(server.url + "/openapi.json").json())
            operations = [found.ok() for found in schema.get_all_operations()]
            asked = [o for o in operations if o.definition.raw["operationId"] not in STREAMS]
            each = REQUESTS / len(asked)
            for operation in asked:
                ask(server, operation, GenerationMode.POSITIVE, round(each * 0.6), tally)
                can_be_wrong = operation.body or operation.query or operation.path_parameters
                if can_be_wrong:
                    ask(server, operation, GenerationMode.NEGATIVE, round(each * 0.4), tally)
            for path in (f"/v1/companies/{COMPANY}/events/stream", "/v1/events/stream"):
                with server.http.get(server.url + path, stream=True, timeout=30) as answer:
                    assert answer.headers["content-type"] == "text/event-stream", path
        finally:
            server.process.terminate()
            server.process.wait()
    report(tally, asked, time.monotonic() - since)


def report(tally: Tally, asked: list, seconds: float) -> None:
    total, good = sum(tally.statuses.values()), sum(tally.good.values())
    names = [operation.definition.raw["operationId"] for operation in asked]
    never = [name for name in names if tally.good[name] == 0]
    print(f"{total} requests to {len(names)} operations in {seconds:.0f} s: {good / total:.0%} answered 2xx")
    print("statuses:", json.dumps(dict(sorted(tally.statuses.items()))))
    for fault in tally.faults[:20]:
        print(fault)
    print(f"{len(tally.faults)} faults; never answered 2xx: {never or 'none'}")
    sys.exit(0 if not tally.faults and not never and good >= 0.4 * total else 1)


if __name__ == "__main__":
    main()
