"""Forgetting, once an hour."""

from plusone.base import jobs
from plusone.chat.actions import forget


@jobs.task("chat.forget_old")
def forget_old() -> None:
    """Forget what is old enough."""
    forget.forget_old()
