"""How a call to LINE can fail. Errors carry data; they print no token, no text, none of LINE's words."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Detail:
    """One entry of LINE's `details`: what is wrong, and at which property of the request."""

    message: str
    property: str


class LineError(Exception):
    """A call to LINE did not succeed.

    `status` is LINE's HTTP status (0: no answer), `request_id` its `x-line-request-id`, `line_message` and
    `details` its words (not for logs: they may repeat what was sent), `cause` the name of a network failure.
    """

    def __init__(
        self,
        *,
        status: int = 0,
        request_id: str = "",
        line_message: str = "",
        details: tuple[Detail, ...] = (),
        cause: str = "",
    ) -> None:
        super().__init__(f"status={status} request_id={request_id or '-'} cause={cause or '-'}")
        self.status = status
        self.request_id = request_id
        self.line_message = line_message
        self.details = details
        self.cause = cause


class Unreachable(LineError):
    """No connection was made: LINE has certainly not accepted anything."""


class Unclear(LineError):
    """Sent, but the answer is a 5xx, cut, late or unreadable: LINE may have accepted it, or not."""


class RateLimited(LineError):
    """429: too many calls a second (or too many to one person). Nothing was accepted; wait and try again."""


class MonthlyLimit(LineError):
    """429: the month's quota is used up, or reserved by a running narrowcast. Nothing was accepted."""


class BadToken(LineError):
    """401, or a channel access token that cannot be one (status 0, nothing sent)."""


class ReplyTokenInvalid(LineError):
    """400 on a reply: the token is used, expired or not this channel's."""


class Refused(LineError):
    """Any other answer: the request itself is wrong. Nothing was accepted; do not repeat it."""


class NotFound(Refused):
    """404: no such thing, or for a profile: no friend, blocked, or no consent."""


class Gone(Refused):
    """410: the content was unsent or has aged out."""


class NotReady(LineError):
    """202: LINE is still preparing this video or audio; ask again later."""


class ContentTooBig(Unclear):
    """The answer is larger than the caller's bound of `limit` bytes; reading stopped there."""

    def __init__(self, *, limit: int, status: int = 0, request_id: str = "") -> None:
        super().__init__(status=status, request_id=request_id)
        self.limit = limit
