"""What is paid of an order (收款): the team marks it as paid, and afterwards its total may still change."""

_OPEN = ("not_purchased", "purchased")


def paid_after(status: str, before: str, *, total: int, paid: int | None) -> int | None:
    """What counts as paid once the order has this status, in currency units; None while nothing does.

    Marking an open order as paid pays what it costs then. Going on from paid, or back to it from shipped,
    keeps what was paid; going back to an open status takes it back.
    """
    if status in _OPEN:
        return None
    if status == "paid" and (before in _OPEN or paid is None):
        return total
    return paid


def owed(status: str, *, total: int, paid: int | None) -> int:
    """What is still to be paid of an order that was marked as paid; below zero: what is to be given back."""
    if paid is None or status in (*_OPEN, "cancelled"):
        return 0
    return total - paid
