"""A supervisor as a process of its own, since signals are for main threads, and ways to watch processes."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from plusone.supervisor import pids

REPOSITORY = Path(__file__).parent.parent

# Children are lines of Python.
MAIN = """
import sys
from pathlib import Path
from plusone import embedded
from plusone.supervisor import Child, run

def python(code):
    return [sys.executable, "-c", code]

TICKING = "import time\\nprint('up', flush=True)\\nwhile True: time.sleep(0.05)"
DEAF = "import signal\\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\\n" + TICKING
SERVER = '''
import http.server, sys, time
time.sleep({delay})
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if time.monotonic() > start + {unready} else 503)
        self.end_headers()
    def log_message(self, *_): pass
start = time.monotonic()
server = http.server.HTTPServer(("127.0.0.1", {port}), Handler)
print("serving", flush=True)
server.serve_forever()
'''
ground = before = None
options = {}
"""

RUN = """
sys.exit(run(children, before=before, on_ready=lambda: print("READY", flush=True), output=sys.stdout,
             ground=ground, state=Path(sys.argv[1]), **options))
"""


class Supervised:
    """A running supervisor with a given list of children, and all that it has said."""

    def __init__(self, folder: Path, body: str, **popen: int) -> None:
        self.state, self.log = folder / "state.json", folder / "output"
        script = folder / "main.py"
        script.write_text(MAIN + textwrap.dedent(body) + RUN)
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(script), str(self.state)],
                env={**os.environ, "PYTHONPATH": os.pathsep.join([str(REPOSITORY), *sys.path])},
                stdout=popen.get("stdout", log),
                stderr=log,
                start_new_session=True,
            )

    @property
    def said(self) -> list[str]:
        return self.log.read_text().splitlines()

    def heard(self, line: str) -> bool:
        return line in self.said

    def pids(self) -> Mapping[str, int]:
        return pids(self.state)

    def wait_for(self, line: str, seconds: float = 10) -> None:
        until(lambda: self.heard(line), seconds, lambda: "\n".join(self.said))

    def send(self, signum: signal.Signals) -> None:
        self.process.send_signal(signum)

    def ends(self, seconds: float = 15) -> int:
        return self.process.wait(seconds)


def until(holds: Callable[[], bool], seconds: float, explain: Callable[[], str] = str) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds} s\n{explain()}"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Running or stopped, but not a zombie that somebody has yet to notice."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
