"""Once only: a call with an Idempotency-Key is done one time, however often it is sent (reliability 5.4)."""

import hashlib
import re
from collections.abc import Callable

from django.db import connection, transaction
from django.db.utils import OperationalError
from django.http import HttpRequest, HttpResponse

from plusone.api.refusals import Problem, refused
from plusone.base import scope
from plusone.base.models import Command

HEADER = "Idempotency-Key"
METHODS = ("POST", "PATCH")
_KEY = re.compile(r"[\x21-\x7e]{1,64}")


def once(request: HttpRequest, get_response: Callable[[HttpRequest], HttpResponse]) -> HttpResponse:
    """The view's answer, or the answer it gave the first time to the same key and body; kept two days.

    The row is written in the view's own transaction, so a refused call leaves no trace and may be sent again
    under its key. 409 when the key was used for another call, or when the first is still running.
    """
    key = request.headers.get(HEADER)
    if key is None or request.method not in METHODS:
        return get_response(request)
    if not _KEY.fullmatch(key):
        return refused(422, [Problem(HEADER, "malformed")])
    body_hash = _hash(request)
    try:
        is_first = _claim(f"api:{key}", body_hash)
    except OperationalError:
        return refused(409, [Problem(HEADER, "in_progress")])
    return _first(request, get_response, key) if is_first else _again(key, body_hash)


def _claim(key: str, body_hash: str) -> bool:
    """True when the key is new. A twin under way is waited for, as long as lock_timeout lets us."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "insert into plusone_command (tenant_id, key, body_hash) values (%s, %s, %s) "
            "on conflict (tenant_id, key) do nothing",
            [scope.current(), key, body_hash],
        )
        return bool(cursor.rowcount == 1)


def _first(
    request: HttpRequest, get_response: Callable[[HttpRequest], HttpResponse], key: str
) -> HttpResponse:
    response = get_response(request)
    if response.status_code < 400:
        # Kept as text: JSON in the database would put the names of options in another order.
        kept = {"status": response.status_code, "text": response.content.decode()}
        Command.objects.filter(key=f"api:{key}").update(answer=kept)
    return response


def _again(key: str, body_hash: str) -> HttpResponse:
    kept = Command.objects.get(key=f"api:{key}")
    if kept.body_hash != body_hash:
        return refused(409, [Problem(HEADER, "key_reused")])
    assert kept.answer is not None  # a row is committed together with its answer, or not at all
    response = HttpResponse(kept.answer["text"], "application/json; charset=utf-8", kept.answer["status"])
    response["Idempotency-Replayed"] = "true"
    return response


def _hash(request: HttpRequest) -> str:
    call = f"{request.method} {request.get_full_path()} {request.headers.get('If-Match', '')}\n"
    return hashlib.sha256(call.encode() + request.body).hexdigest()
