"""What LINE would refuse in a sending's body: problems in LINE's words, each with its property's path."""

from plusone.simulator.validate.fields import Problems
from plusone.simulator.validate.messages import check_message
from plusone.simulator.wire import Json

MOST_MESSAGES = 5


def problems_of(body: Json) -> list[Json]:
    """All problems of `messages` and `notificationDisabled`; empty when LINE would take them."""
    problems = Problems()
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        problems.add("messages", "May not be empty" if not messages else "Must be an array")
        return problems.found
    if len(messages) > MOST_MESSAGES:
        problems.add("messages", f"Size must be between 1 and {MOST_MESSAGES}")
    for index, message in enumerate(messages):
        check_message(problems, f"messages[{index}]", message)
    if not isinstance(body.get("notificationDisabled", False), bool):
        problems.add("notificationDisabled", "Must be a boolean")
    return problems.found
