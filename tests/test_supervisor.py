"""The supervisor with real processes: order, readiness, restarts, stops, and nobody left behind."""

import json
import os
import pty
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from plusone.embedded.places import cluster_folder
from plusone.embedded.processes import noted_pid
from plusone.supervisor import free_port, port_taken_by
from tests.supervised import Supervised, alive, processor_seconds, until

Supervise = Callable[[str], Supervised]
GRACE = 8  # less than what a child gets before it is killed


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Supervise]:
    started: list[Supervised] = []

    def start(body: str) -> Supervised:
        started.append(Supervised(tmp_path, body))
        return started[-1]

    yield start
    for supervised in started:
        supervised.process.kill()
        supervised.process.wait()


def test_children_start_when_those_before_them_are_ready(supervise: Supervise) -> None:
    port = free_port(0)
    supervised = supervise(f"""
        server = python(SERVER.format(delay=0.3, unready=0.4, port={port}))
        children = [
            Child("late", python("print('started', flush=True)\\n" + TICKING), after=("web",)),
            Child("web", server, "http://127.0.0.1:{port}/ok"),
        ]
    """)
    supervised.wait_for("READY")
    until(lambda: supervised.heard("late    | up"), 5)
    assert supervised.said.index("web     | serving") < supervised.said.index("late    | started")
    state = json.loads(supervised.state.read_text())
    assert state["supervisor"] == supervised.process.pid
    assert sorted(state["pids"]) == ["late", "web"]
    assert state["restarts"] == {"late": 0, "web": 0}


def test_readiness_is_announced_once_and_last(supervise: Supervise) -> None:
    port = free_port(0)
    supervised = supervise(f"""
        server = python(SERVER.format(delay=0, unready=1.5, port={port}))
        children = [Child("web", server, ready="http://127.0.0.1:{port}/")]
    """)
    supervised.wait_for("web     | serving")
    assert not supervised.heard("READY")
    supervised.wait_for("READY")
    os.kill(supervised.pids()["web"], signal.SIGKILL)
    until(lambda: supervised.said.count("web     | serving") == 2, 10)
    time.sleep(2)
    assert supervised.said.count("READY") == 1


def test_a_killed_child_is_back_at_once_however_often(supervise: Supervise) -> None:
    supervised = supervise("children = [Child('worker', python(TICKING))]")
    supervised.wait_for("worker  | up")
    for killed in range(1, 8):
        first = supervised.pids()["worker"]
        os.kill(first, signal.SIGKILL)
        until(lambda old=first: supervised.pids().get("worker", old) != old, 10)  # type: ignore[misc]
        until(lambda count=killed + 1: supervised.said.count("worker  | up") == count, 10)  # type: ignore[misc]
    assert json.loads(supervised.state.read_text())["restarts"] == {"worker": 7}
    assert supervised.process.poll() is None


def test_a_child_that_does_not_stay_up_ends_all(supervise: Supervise) -> None:
    supervised = supervise("""
        children = [
            Child("worker", python("print('no database', flush=True)\\nraise SystemExit(3)")),
            Child("other", python(TICKING)),
        ]
    """)
    supervised.wait_for("other   | up")
    other = supervised.pids()["other"]
    began = time.monotonic()
    assert supervised.ends() == 1
    assert time.monotonic() - began > 0.2 + 0.4 + 0.8 + 1.6 - 0.5
    assert not alive(other)
    assert supervised.said[-5:] == ["worker  | no database"] * 5
    assert "plusone | worker has ended (code 3); again in 1.6 s" in supervised.said


def test_a_task_is_ready_when_it_has_ended_well(supervise: Supervise) -> None:
    supervised = supervise("""
        slow = python("import time; time.sleep(0.5); print('made')")
        children = [Child("next", python(TICKING), after=("task",)), Child("task", slow, restart=False)]
    """)
    supervised.wait_for("READY")
    supervised.wait_for("next    | up")
    assert supervised.said.index("task    | made") < supervised.said.index("READY")
    assert supervised.said.index("task    | made") < supervised.said.index("next    | up")


def test_a_task_that_fails_ends_all(supervise: Supervise) -> None:
    supervised = supervise("""
        failing = python("print('no sample'); raise SystemExit(2)")
        children = [Child("other", python(TICKING)), Child("task", failing, restart=False)]
    """)
    assert supervised.ends() == 1
    said = [line for line in supervised.said if not line.startswith("other")]
    assert said[-2:] == [
        "plusone | task has failed, so everything stops; the last it said:",
        "task    | no sample",
    ]
    assert not supervised.heard("READY")


def test_a_child_not_to_be_restarted_ends_alone(supervise: Supervise) -> None:
    supervised = supervise("""
        children = [Child("once", python("print('done')"), restart=False), Child("other", python(TICKING))]
    """)
    supervised.wait_for("plusone | once has ended (code 0)")
    supervised.wait_for("READY")
    time.sleep(0.5)
    assert sorted(supervised.pids()) == ["other"]
    assert supervised.said.count("once    | done") == 1


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_all_in_order_and_fast(supervise: Supervise, signum: signal.Signals) -> None:
    supervised = supervise("""
        saying = "import signal, sys\\nbye = lambda *_: (print('bye', flush=True), sys.exit())\\n"
        saying += "signal.signal(signal.SIGTERM, bye)\\n"
        children = [Child(name, python(saying + TICKING)) for name in ("simulator", "worker", "web")]
        options = {"stop_order": ["web", "worker", "simulator"]}
    """)
    until(lambda: len([line for line in supervised.said if line.endswith("| up")]) == 3, 10)
    children = supervised.pids()
    began = time.monotonic()
    supervised.send(signum)
    assert supervised.ends() == 0
    assert time.monotonic() - began < GRACE
    assert [line.split()[0] for line in supervised.said if line.endswith("bye")] == [
        "web",
        "worker",
        "simulator",
    ]
    assert not any(map(alive, children.values()))
    assert not supervised.state.exists()


def test_a_second_signal_kills(supervise: Supervise) -> None:
    supervised = supervise("children = [Child('deaf', python(DEAF))]")
    supervised.wait_for("deaf    | up")
    child = supervised.pids()["deaf"]
    supervised.send(signal.SIGINT)
    time.sleep(0.5)
    assert supervised.process.poll() is None
    supervised.send(signal.SIGINT)
    assert supervised.ends(GRACE) == 0
    assert not alive(child)


def test_after_the_grace_a_deaf_child_is_killed(supervise: Supervise) -> None:
    supervised = supervise("children = [Child('deaf', python(DEAF))]; options = {'grace': 0.5}")
    supervised.wait_for("deaf    | up")
    supervised.send(signal.SIGTERM)
    assert supervised.ends(3) == 0
    assert supervised.heard("plusone | deaf does not end and is killed")


def test_an_interrupt_during_the_preparation_starts_nobody(supervise: Supervise) -> None:
    supervised = supervise("""
        def before():
            import time
            print("preparing", flush=True)
            time.sleep(20)
        children = [Child("worker", python(TICKING))]
    """)
    supervised.wait_for("preparing")
    supervised.send(signal.SIGINT)
    assert supervised.ends(1) == 130
    assert not supervised.heard("worker  | up")


def test_nothing_survives_a_killed_supervisor(supervise: Supervise) -> None:
    """Neither a deaf child nor a child's child, for whom the kernel does nothing."""
    supervised = supervise("""
        family = "import subprocess, sys\\nprint(subprocess.Popen(['sleep', '60']).pid, flush=True)\\n"
        children = [Child("family", python(family + TICKING)), Child("deaf", python(DEAF))]
    """)
    supervised.wait_for("family  | up")
    supervised.wait_for("deaf    | up")
    grandchild = next(int(line.split()[-1]) for line in supervised.said if line.split()[-1].isdigit())
    everybody = [*supervised.pids().values(), grandchild]
    assert all(map(alive, everybody))
    supervised.send(signal.SIGKILL)
    until(lambda: not any(map(alive, everybody)), 10)


def test_a_killed_childs_children_are_gone_before_it_is_back(supervise: Supervise) -> None:
    """As granian's workers, which would keep the port."""
    port = free_port(0)
    supervised = supervise(f"""
        orphan = "import socket, time\\\\ns = socket.create_server(('127.0.0.1', {port}))\\\\ntime.sleep(60)"
        forking = f"subprocess.Popen([sys.executable, '-c', \\"{{orphan}}\\"])\\n"
        master = "import subprocess, sys\\n" + forking + TICKING
        children = [Child("web", python(master))]
    """)
    until(lambda: port_taken_by(port) is not None, 10)
    first = port_taken_by(port)
    os.kill(supervised.pids()["web"], signal.SIGKILL)
    until(lambda: port_taken_by(port) not in (None, first), 10)


def test_postgres_is_tended_listed_and_stopped_last(supervise: Supervise, tmp_path: Path) -> None:
    supervised = supervise("""
        ground = embedded.start(Path(sys.argv[1]).parent / "data", throwaway=True)
        children = [Child("worker", python(TICKING))]
    """)
    supervised.wait_for("worker  | up")
    first = supervised.pids()["postgres"]
    assert first == noted_pid(cluster_folder(tmp_path / "data"))
    os.kill(first, signal.SIGKILL)
    until(lambda: supervised.pids()["postgres"] != first, 5)
    second = supervised.pids()["postgres"]
    until(lambda: "ready" in (cluster_folder(tmp_path / "data") / "postmaster.pid").read_text(), 10)
    began = time.monotonic()
    supervised.send(signal.SIGTERM)
    assert supervised.ends() == 0
    assert time.monotonic() - began < GRACE
    assert not alive(second)
    assert "database system is shut down" in (tmp_path / "data" / "postgres.log").read_text()


def test_nice_and_environment_reach_the_child(supervise: Supervise) -> None:
    supervised = supervise("""
        code = "import os\\nprint(os.environ['COLOUR'], os.nice(0), os.getsid(0) == os.getpid())\\n"
        children = [Child("worker", python(code + TICKING), env={"COLOUR": "red"}, nice=5)]
    """)
    supervised.wait_for(f"worker  | red {os.nice(0) + 5} True")


def test_odd_output_comes_through(supervise: Supervise) -> None:
    supervised = supervise("""
        said = "b'\\\\xe5\\\\xa5\\\\xbd \\\\xff\\\\r\\\\nno end' + b'x' * 300000"
        code = f"import sys\\nsys.stdout.buffer.write({said})"
        children = [Child("odd", python(code), restart=False)]
    """)
    assert supervised.ends() == 0
    said = [line for line in supervised.said if line.startswith("odd ")]
    assert said[0] == "odd     | 好 \ufffd"
    assert sum(line.count("x") for line in said) == 300000


def test_colours_are_for_terminals_only(tmp_path: Path) -> None:
    leader, follower = pty.openpty()
    supervised = Supervised(
        tmp_path, "children = [Child('once', python(\"print('x')\"), restart=False)]", stdout=follower
    )
    os.close(follower)
    supervised.ends()
    assert b"\x1b[2;36monce    |\x1b[0m x" in os.read(leader, 65536)
    os.close(leader)


def test_an_idle_supervisor_uses_no_processor(supervise: Supervise) -> None:
    supervised = supervise("children = [Child('worker', ['sleep', '60'])]")
    supervised.wait_for("READY")
    began = processor_seconds(supervised.process.pid)
    time.sleep(2)
    assert processor_seconds(supervised.process.pid) - began <= 0.02


def test_a_port_in_use_is_named_and_passed_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert free_port(port) != port
        assert port_taken_by(port) == f"{Path('/proc/self/comm').read_text().strip()} ({os.getpid()})"
    assert free_port(port) == port
    assert port_taken_by(port) is None
