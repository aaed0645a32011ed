"""Logs: one JSON line an event, with ids only. Names, texts, tokens and addresses never go in."""

import logging
import re
import sys
import traceback
from typing import Any

import structlog

_FORBIDDEN = ("text", "name", "token", "secret", "body", "password", "email", "phone", "address")

# An invite's link is as good as a key until it is used; Django names the path of every refused request.
_KEYS_IN_PATHS = re.compile(r"(/join/)[^/\s]+")


def set_up() -> None:
    """Send structlog's and the standard library's records to standard output as JSON lines."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_personal_data,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.ExceptionRenderer(_trace),
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for noisy in ("httpx2", "httpcore2", "procrastinate", "django.server", "psycopg.pool", "stripe"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def logger() -> Any:
    """The structlog logger; call it with an event word and ids: log.info("order.taken", order=17)."""
    return structlog.get_logger("plusone")


def _trace(exc_info: Any) -> str:
    """Where it happened and what kind it was.

    Never the messages: PostgreSQL's quote whole rows, ours may quote people. A chain may run in a circle
    (procrastinate's does when the database goes away), so each error is told once.
    """
    error, told, seen = exc_info[1], [], set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        told += [
            *traceback.format_tb(error.__traceback__),
            f"{type(error).__qualname__}{_by_database(error)}\n",
        ]
        error = error.__cause__ or error.__context__
    return "".join(told)


def _by_database(error: BaseException) -> str:
    diagnosis = getattr(error, "diag", None)
    told = (getattr(diagnosis, key, None) for key in ("sqlstate", "table_name", "constraint_name"))
    return "".join(f" {word}" for word in told if word)


def _without_personal_data(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    for key in event:
        if any(word in key for word in _FORBIDDEN):
            event[key] = "[left out]"
    event["event"] = _KEYS_IN_PATHS.sub(r"\1[left out]", str(event.get("event", "")))
    return event
