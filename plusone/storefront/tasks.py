"""Forgetting, once an hour."""

from plusone.base import jobs
from plusone.storefront.actions import sessions


@jobs.task("storefront.forget_old")
def forget_old() -> None:
    """Forget sessions that are over."""
    sessions.forget_old()
