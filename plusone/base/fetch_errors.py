"""How a fetch of `plusone.base.http` can fail. The address stays out of the text: it may hold keys."""

from typing import Literal

UrlFault = Literal["length", "characters", "syntax", "scheme", "user", "port"]


class FetchError(Exception):
    """A fetch did not give what was asked for."""


class Forbidden(FetchError):
    """The address must not be called: not public (`address`), or a host that this purpose refuses."""

    def __init__(self, *, host: str, address: str = "") -> None:
        super().__init__(f"host={host} address={address or '-'}")
        self.host = host
        self.address = address


class TooSlow(FetchError):
    """Not done within `seconds`."""

    def __init__(self, *, seconds: float) -> None:
        super().__init__(f"seconds={seconds}")
        self.seconds = seconds


class Failed(FetchError):
    """No such host, no connection, or an answer that is no HTTP; `cause` names which."""

    def __init__(self, *, cause: str) -> None:
        super().__init__(f"cause={cause}")
        self.cause = cause


class BadUrl(FetchError):
    """Not an address that this purpose may have; `fault` says what is wrong with it."""

    def __init__(self, *, fault: UrlFault) -> None:
        super().__init__(f"fault={fault}")
        self.fault = fault


class TooBig(FetchError):
    """The body is larger than `limit` bytes, as sent or unpacked."""

    def __init__(self, *, limit: int) -> None:
        super().__init__(f"limit={limit}")
        self.limit = limit


class WrongType(FetchError):
    """A content type, or a packing, that this purpose does not take."""

    def __init__(self, *, content_type: str) -> None:
        super().__init__(f"content_type={content_type}")
        self.content_type = content_type


class TooManyHops(FetchError):
    """More redirects than `hops`, or any for a call that changes something."""

    def __init__(self, *, hops: int) -> None:
        super().__init__(f"hops={hops}")
        self.hops = hops
