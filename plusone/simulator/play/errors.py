"""Why something cannot be done."""


class Missing(Exception):
    """No such person, chat, message or account."""

    def __init__(self, noun: str, id_: str) -> None:
        super().__init__(noun, id_)
        self.noun = noun
        self.id = id_


class NotNow(Exception):
    """Not possible in this state; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class BadField(Exception):
    """A field of the request is missing or wrong."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field
