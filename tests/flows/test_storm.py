"""The storm, in small: web, worker and database killed while hundreds order at once (P1-P4, P10, P11).

`plusone prove` without --quick does it ten times as big; tests/proving shows that its judge can say no.
"""

import json
import os
import subprocess
import sys


def test_a_small_storm_breaks_no_promise() -> None:
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_URL", "PLUSONE_"))
    }
    command = [sys.executable, "-m", "plusone", "prove", "--quick", "--json", "--seed", "11"]
    done = subprocess.run(command, capture_output=True, env=inherited, timeout=600, check=False)
    assert done.returncode == 0, done.stdout.decode()[-4000:] + done.stderr.decode()[-4000:]
    told = json.loads(done.stdout)
    assert told["holds"]
    assert {promise["promise"].split()[0] for promise in told["promises"]} >= {
        "P1",
        "P2",
        "P3",
        "P4",
        "P8",
        "P10",
        "P11",
    }
    assert told["kills"]["database"] >= 1
    assert sum(told["kills"].values()) >= 3  # a busy machine leaves the killer time for no more
    for met in ("partial order", "push in place of a reply", "redelivered event", "poison quarantined"):
        assert told["sometimes"][met], met
