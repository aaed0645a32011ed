"""Several processes as one: what demo and up share."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from plusone import embedded
from plusone.base import roles, texts
from plusone.cli import addresses_file, data_folder, database_named
from plusone.supervisor import Child, port_taken_by, run


@dataclass(frozen=True, slots=True)
class Plan:
    """What to start: first port, settings that the environment may overrule, with the simulator or not."""

    port: int
    environment: Mapping[str, str]
    simulator: bool
    host: str = "127.0.0.1"
    web_workers: int = 1


def run_together(plan: Plan) -> int:
    """Start everything in order and keep it running until told to stop; returns the exit status."""
    taken = [port for port in _ports(plan) if port_taken_by(port)]
    for port in taken:
        print(
            f"plusone: port {port} is taken by {port_taken_by(port)}; stop it, "
            f"or choose others: PORT={plan.port + 100}",
            file=sys.stderr,
        )
    if taken:
        return 2
    for name, value in plan.environment.items():
        os.environ.setdefault(name, value)
    os.environ["PORT"] = str(plan.port)
    _leave_word(plan)
    named = database_named()
    if named:
        roles.check(named)
    ground = None if named else embedded.start(data_folder())
    return run(
        _children(plan),
        before=lambda: _prepare(plan),
        on_ready=lambda: _announce(plan),
        output=sys.stdout,
        ground=ground,
        state=data_folder() / "running.json",
        stop_order=("web", "worker", "simulator"),
    )


def _leave_word(plan: Plan) -> None:
    """For words typed beside it: the port, and in a demo's folder whom it takes for LINE. No secrets."""
    data_folder().mkdir(parents=True, exist_ok=True)
    told = {name: os.environ[name] for name in plan.environment if name.startswith("LINE_")}
    addresses_file().write_text(json.dumps({"PORT": str(plan.port), **told}))


def _ports(plan: Plan) -> list[int]:
    return [plan.port, plan.port + 1] if plan.simulator else [plan.port]


def _children(plan: Plan) -> list[Child]:
    web = [
        *_plusone("web"),
        "--host",
        plan.host,
        "--port",
        str(plan.port),
        "--workers",
        str(plan.web_workers),
    ]
    children = [
        Child("web", web, ready=f"http://127.0.0.1:{plan.port}/readyz"),
        Child("worker", _plusone("worker")),
    ]
    if plan.simulator:
        played = [*_plusone("simulator"), "--port", str(plan.port + 1)]
        children.append(Child("simulator", played, ready=f"{_simulator(plan)}/control/clock"))
        seed = [*_plusone("seed"), "--simulator", _simulator(plan)]
        children.append(Child("seed", seed, restart=False, after=("web", "simulator")))
    return children


def _prepare(plan: Plan) -> None:
    texts.compile_all()
    subprocess.run([*_plusone("migrate"), "--quiet"], check=True)  # noqa: S603
    if not os.environ.get("PLUSONE_PLAIN_STATIC"):
        subprocess.run(_plusone("collect"), check=True)  # noqa: S603


def _announce(plan: Plan) -> None:
    site = os.environ.get("PLUSONE_URL") or f"http://127.0.0.1:{plan.port}"
    print()
    if plan.simulator:
        print(f"  Simulator, the phone   {_simulator(plan)}/")
        print(f"  Console, the shop      {site}/t/demo/console/")
        print(f"  API                    {site}/api/v1/openapi.json")
        print(f"\n  {_hint(plan)} Ctrl-C stops everything.")
    else:
        print(f"  Plusone answers at {site}")
    with contextlib.suppress(ValueError):
        sys.stdout.flush()


def _hint(plan: Plan) -> str:
    line = os.environ["LINE_API_URL"].rstrip("/")
    if line == _simulator(plan):
        return "Open the phone, choose 小美, write +1."
    return f"LINE_API_URL is set: answers go to {line}, so the phone shows none."


def _simulator(plan: Plan) -> str:
    return f"http://127.0.0.1:{plan.port + 1}"


def _plusone(word: str) -> list[str]:
    return [sys.executable, "-m", "plusone", word]
