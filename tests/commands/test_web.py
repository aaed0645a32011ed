"""plusone web by itself, as docs/operating.md starts it on several machines: no `up` went before."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from plusone import wsgi
from plusone.base import secrets
from plusone.embedded.processes import dying_with_parent
from tests.ports import free_port
from tests.running import until


@contextmanager
def web(folder: Path) -> Iterator[httpx2.Client]:
    """The web process with this data folder and production's static files."""
    port = free_port()
    env = {**os.environ, "PLUSONE_DATA": str(folder), "PLUSONE_KEYS": str(secrets.key_file())}
    env.pop("PLUSONE_PLAIN_STATIC")
    command = [sys.executable, "-m", "plusone", "web", "--port", str(port)]
    process = subprocess.Popen(command, env=env, preexec_fn=dying_with_parent(signal.SIGKILL))
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as http:
            until(lambda: _is_ready(http), 60)
            yield http
    finally:
        process.terminate()
        process.wait(30)


def _is_ready(http: httpx2.Client) -> bool:
    try:
        return http.get("/readyz").status_code == 200
    except httpx2.TransportError:
        return False


def _styles(http: httpx2.Client) -> str:
    page = http.get("/sign-in/")
    assert page.status_code == 200
    (address,) = set(re.findall(r'href="(/static/css/[^"]+)"', page.text))
    assert http.get(address).headers["Content-Type"].startswith("text/css")
    return str(address)


@pytest.mark.usefixtures("database")
def test_its_pages_have_their_styles_from_the_first_start_and_after_an_upgrade(tmp_path: Path) -> None:
    with web(tmp_path) as http:
        address = _styles(http)
    collected = tmp_path / "static" / "staticfiles.json"
    before = json.loads(collected.read_text())
    collected.write_text(json.dumps({**before, "paths": {}}))
    os.utime(collected, (1, 1))  # as if the program had been renewed since
    with web(tmp_path) as http:
        assert _styles(http) == address


def test_a_page_for_errors_that_fails_itself_is_logged_and_says_so(
    monkeypatch: pytest.MonkeyPatch, lines: Any
) -> None:
    def failing(*_: Any) -> None:
        raise ValueError

    monkeypatch.setattr(wsgi, "_django", failing)
    started: list[str] = []
    body = b"".join(
        wsgi.application({"PATH_INFO": "/sign-in/"}, lambda status, headers: started.append(status))
    )
    assert started == ["500 Internal Server Error"]
    assert "Something broke on our side" in body.decode()
    (line,) = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert (line["event"], line["level"]) == ("page.failed", "critical")
    assert "ValueError" in line["exception"]
