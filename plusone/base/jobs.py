"""Jobs: the bell, not the ledger.

They carry ids, are queued in the caller's transaction, and run inside their tenant.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from plusone.base import scope

QUEUES = ("default", "line")
_names: set[str] = set()


class UnknownJob(LookupError):
    """A job was queued under a name that no task has."""


def task(
    name: str, queue: str = "default", *, scoped: bool = True
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a function as the job `name`, to run inside the tenant it was queued for.

    With `scoped=False` it gets `tenant_id` and opens the scope itself, in short pieces: for jobs that call
    others over the network, which must not hold a transaction open meanwhile.
    """

    def register(function: Callable[..., None]) -> Callable[..., None]:
        @wraps(function)
        def run(tenant_id: int | None = None, **ids: Any) -> None:
            with scope.nowhere():
                if not scoped and tenant_id is not None:
                    function(tenant_id=tenant_id, **ids)
                elif tenant_id is None:
                    function(**ids)
                else:
                    with scope.tenant(tenant_id):
                        function(**ids)

        _names.add(name)
        app.task(name=name, queue=queue)(run)
        return function

    return register


def ring(name: str, *, tenant_id: int | None = None, key: str | None = None, **ids: Any) -> None:
    """Queue the job in the caller's transaction; with a key, one waiting job of that key is enough.

    The savepoint matters: a refused duplicate would otherwise poison the caller's transaction.
    """
    if name not in _names:
        raise UnknownJob(name)
    arguments = {**ids, **({"tenant_id": tenant_id} if tenant_id else {})}
    try:
        with transaction.atomic():
            app.configure_task(name, queueing_lock=key).defer(**arguments)
    except AlreadyEnqueued:
        return


def names() -> frozenset[str]:
    """Every registered job name."""
    return frozenset(_names)
