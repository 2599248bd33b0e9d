#!/usr/bin/env python3
"""A plugin for Leasehold: each lease gets a directory below $PLACES, which carries its mark."""
import contextlib, json, os, shutil, signal, subprocess, sys, threading

PLACES = os.environ.get("PLACES", "/tmp/leasehold-places")
running, writing = {}, threading.Lock()

def say(**message):
    with writing:
        print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)

def place(p):
    return os.path.join(PLACES, os.path.basename(p.get("providerLeaseId") or p["leaseId"]))

def mark(directory):
    try:
        return open(os.path.join(directory, "mark")).read()
    except FileNotFoundError:
        return None

def acquire(p):
    os.makedirs(place(p), exist_ok=True)
    open(os.path.join(place(p), "mark"), "w").write(p["mark"])  # asked twice, it is the same one
    return {"providerLeaseId": p["leaseId"], "metadata": {"directory": place(p)}}

def pump(p, name, pipe):
    for text in pipe:
        say(method="output", params={"executionId": p["executionId"], "stream": name, "text": text})

def start(m):
    p, variables = m["params"], {**os.environ, **m["params"]["variables"]}
    try:
        child = subprocess.Popen(p["command"], cwd=place(p), env=variables, text=True, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    except OSError as error:  # as a shell says it
        say(method="output", params={"executionId": p["executionId"], "stream": "stderr", "text": f"{error}\n"})
        return say(id=m["id"], result={"exitCode": 127 if isinstance(error, FileNotFoundError) else 126})
    running[p["executionId"]] = child
    threading.Thread(target=finish, args=(m, child), daemon=True).start()

def finish(m, child):
    pumps = [threading.Thread(target=pump, args=(m["params"], name, getattr(child, name)), daemon=True)
             for name in ("stdout", "stderr")]
    [one.start() for one in pumps]
    code = child.wait()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)  # what it left running goes with it, where it can be told
    [one.join(timeout=1) for one in pumps]  # a daemon of a session of its own may keep the pipes
    say(id=m["id"], result={"exitCode": code} if code >= 0 else {"signal": -code})

def destroy(p):
    was_there = mark(place(p)) == p["mark"]  # what is not marked as this lease's is not touched
    if was_there:
        shutil.rmtree(place(p))
    return {"wasThere": was_there}

def listed(p):
    names = os.listdir(PLACES) if os.path.isdir(PLACES) else []
    marks = {name: mark(os.path.join(PLACES, name)) for name in names}
    return {"complete": True, "items": [{"providerLeaseId": n, "mark": m} for n, m in marks.items() if m]}

METHODS = {"initialize": lambda p: {"protocolVersion": 1, "name": "places", "version": "1.0", "capabilities": {"realize": True, "list": True}},
           "probe": lambda p: {"summary": "directories below " + PLACES}, "acquire": acquire,
           "realize": lambda p: {"cwd": place(p)}, "destroy": destroy, "list": listed}

def answer(m):
    try:
        if m["method"] == "execute":
            start(m)  # here, so that a signal that follows finds it; its end is told by a thread
        elif m["method"] == "signal" and m["params"]["executionId"] in running:
            os.killpg(running[m["params"]["executionId"]].pid, signal.Signals["SIG" + m["params"]["signal"]])
        elif "id" in m:
            say(id=m["id"], result=METHODS[m["method"]](m["params"]))
    except Exception as error:
        say(id=m.get("id"), error={"code": -32601 if isinstance(error, KeyError) else 1, "message": str(error)})

for line in sys.stdin:  # until Leasehold closes it
    answer(json.loads(line))
