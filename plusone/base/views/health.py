"""Is it alive, is it ready."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse


def alive(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


def ready(request: HttpRequest) -> JsonResponse:
    """The process can serve: the database answers and has our tables. 503 otherwise."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select to_regclass('plusone_inboxevent') is not null")
            (migrated,) = cursor.fetchone()
    except DatabaseError:
        return JsonResponse({"status": "no database"}, status=503)
    return JsonResponse(
        {"status": "ok"} if migrated else {"status": "not migrated"}, status=200 if migrated else 503
    )
