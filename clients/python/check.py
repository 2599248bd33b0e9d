"""Generates the client, starts a server and runs the example against it.

Everything goes into build/. The server is the one that cargo built, or LEASEHOLD_BIN.
"""

import os
import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

HOME = Path(__file__).resolve().parent
REPOSITORY = HOME.parent.parent
BUILD = HOME / "build"
TOOLS = BUILD / "tools"
DOCUMENT = REPOSITORY / "docs" / "openapi.json"


def generate() -> None:
    if not (TOOLS / "bin" / "openapi-python-client").exists():
        venv.create(TOOLS, with_pip=True, clear=True)
        pip = [TOOLS / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--requirement", HOME / "requirements.txt"], check=True)
    generator = [TOOLS / "bin" / "openapi-python-client", "generate", "--overwrite"]
    where = ["--path", DOCUMENT, "--output-path", BUILD / "client", "--config", HOME / "config.yml"]
    subprocess.run([*generator, *where], check=True)


def server() -> Path:
    if named := os.environ.get("LEASEHOLD_BIN"):
        return Path(named)
    target = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target"))
    built = [target / kind / "leasehold" for kind in ("debug", "release")]
    found = next((path for path in built if path.exists()), None)
    return found or sys.exit("no server to run the example against: run `cargo build`")


def run_example(url: str) -> str:
    env = {**os.environ, "LEASEHOLD_URL": url, "PYTHONPATH": str(BUILD / "client")}
    example = [TOOLS / "bin" / "python", HOME / "example.py"]
    return subprocess.run(example, env=env, check=True, text=True, stdout=subprocess.PIPE).stdout


def main() -> None:
    generate()
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    with tempfile.TemporaryDirectory(prefix="leasehold-python-") as folder:
        # As root the database runs as another user, who has to be able to enter.
        os.chmod(folder, 0o755)
        serve = [server(), "serve", "--listen", "127.0.0.1:0", "--data-dir", f"{folder}/data"]
        process = subprocess.Popen(serve, env=env, stderr=subprocess.PIPE, text=True)
        try:
            lines = iter(process.stderr.readline, "")
            listening = (re.search(r"listening on (http://\S+)", line) for line in lines)
            url = next(found[1] for found in listening if found)
            said = run_example(url)
        finally:
            process.terminate()
            process.communicate()
    if not re.fullmatch(r"\S+ \S+\nreleased\n", said):
        sys.exit(f"the example said:\n{said}")
    print("the Python example acquired, renewed and released a lease")


if __name__ == "__main__":
    main()
