"""Starting afresh."""

from plusone.simulator import (
    access,
    clock,
    faults,
    grants,
    journal,
    limits,
    logins,
    menus,
    messages,
    tokens,
    webhooks,
    world,
)
from plusone.simulator.stripe import books, news


def start() -> None:
    """Empties everything: world, messages, tokens, logs, queues; faults off, clock right."""
    webhooks.clear()
    world.clear()
    logins.clear()
    grants.clear()
    messages.clear()
    menus.clear()
    tokens.clear()
    access.clear()
    journal.clear()
    limits.clear()
    faults.reset()
    clock.set_offset(0)
    books.clear()
    news.clear()
