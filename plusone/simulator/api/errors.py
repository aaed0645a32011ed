"""LINE's refusals, in LINE's words."""

from plusone.simulator.wire import Json


class Refusal(Exception):
    """An error answer: status, LINE's message, its details and extra headers."""

    def __init__(
        self,
        status: int,
        message: str,
        details: list[Json] | None = None,
        *,
        headers: dict[str, str] | None = None,
        extra: Json | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.details = details or []
        self.headers = headers or {}
        self.extra = extra or {}

    def body(self) -> Json:
        """The JSON body of the answer."""
        details = {"details": self.details} if self.details else {}
        return {"message": self.message, **details, **self.extra}


class OAuthRefusal(Refusal):
    """A refusal of a token endpoint, which speaks OAuth."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(400, error)
        self.description = description

    def body(self) -> Json:
        """The JSON body of the answer."""
        return {"error": self.message, "error_description": self.description}


def invalid(details: list[Json]) -> Refusal:
    """400 with the list of what is wrong in the body."""
    return Refusal(400, f"The request body has {len(details)} error(s)", details)


def invalid_property(name: str) -> Refusal:
    """400 for a recipient or another property that is no valid value."""
    return Refusal(400, f"The property, {name}, in the request body is invalid (line: -, column: -)")


def not_found() -> Refusal:
    """404."""
    return Refusal(404, "Not found")


def unauthorised(reason: str) -> Refusal:
    """401."""
    return Refusal(401, f"Authentication failed due to the following reason: {reason}")


def monthly_limit() -> Refusal:
    """429 for a used-up quota."""
    return Refusal(429, "You have reached your monthly limit.")


def rate_limit() -> Refusal:
    """429 for too many calls."""
    return Refusal(429, "The API rate limit has been exceeded. Try again later.")
