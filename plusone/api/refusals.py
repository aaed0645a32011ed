"""How a call is refused: a status, and what is wrong with which field, said in the caller's language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from typing import Any

from django.db.utils import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from ninja.errors import HttpError, ValidationError

from plusone.catalogue.actions import BadProduct, ChangedMeanwhile
from plusone.orders.actions.change import Merged, NotEnough

SENTENCES = {
    "busy": _("The service is busy. Please try again in a moment."),
    "changed_meanwhile": _(
        "Someone else changed this in the meantime. Read it again, then make your change."
    ),
    "empty": _("This must not be empty."),
    "failed": _("Something went wrong on our side; nothing was changed. Please try again."),
    "in_progress": _("The first call with this Idempotency-Key is still running. Please try again soon."),
    "key_reused": _("This Idempotency-Key was used for another request. Use a new key for each new request."),
    "malformed": _("This cannot be read. openapi.json shows the form it needs."),
    "merged": _("This order was merged into %(into)s; change that one."),
    "method": _("This address does not support this method; the Allow header lists the ones it does."),
    "missing": _("This is required."),
    "not_enough": _("%(code)s %(name)s: %(missing)s missing in stock, so the order stays cancelled."),
    "not_found": _("There is nothing like that in this shop."),
    "not_json": _("The body is not readable JSON."),
    "not_json_type": _("Send JSON with the header “Content-Type: application/json”."),
    "options_differ": _("All variants must name the same options, such as colour and size."),
    "options_missing": _("A product with several variants needs an option value for each."),
    "out_of_range": _("This number is too small or too large; the limits are in openapi.json."),
    "plan_lapsed": _(
        "The shop's plan has ended: its data can be read, but nothing can be changed until it is paid again."
    ),
    "stock_of_options": _("This product has several variants: give each its own stock."),
    "too_large": _("The body is larger than 1 MB."),
    "too_long": _("This is too long; the limits are in openapi.json."),
    "too_many": _(
        "Many wrong API tokens came from your network. Wait as Retry-After says; the right one works."
    ),
    "twice": _("Two variants have the same options."),
    "unauthorized": _("This needs the header “Authorization: Bearer” with a valid API token of the shop."),
    "unknown_field": _("There is no such field, or it cannot be set."),
    "unknown_value": _("This is not an allowed value; openapi.json lists them."),
    "wrong_type": _("This value has the wrong type; see openapi.json."),
}
# pydantic's names for what is wrong with a value, as ours; those not listed read `malformed`.
_CODES = {
    "bool_type": "wrong_type",
    "dict_type": "wrong_type",
    "enum": "unknown_value",
    "extra_forbidden": "unknown_field",
    "greater_than_equal": "out_of_range",
    "int_type": "wrong_type",
    "less_than_equal": "out_of_range",
    "list_type": "wrong_type",
    "missing": "missing",
    "model_attributes_type": "wrong_type",
    "model_type": "wrong_type",
    "string_too_long": "too_long",
    "string_too_short": "empty",
    "string_type": "wrong_type",
    "too_long": "too_long",
    "too_short": "empty",
}
_BY_STATUS = {400: "malformed", 402: "plan_lapsed", 404: "not_found", 405: "method"}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong: `field` as a path such as variants.0.price, or empty; facts fill the code's sentence."""

    field: str
    code: str
    facts: Mapping[str, Any] = made(default_factory=dict)


@dataclass
class Refusal(Exception):
    """A view refuses the call: an HTTP status and one problem."""

    status: int
    field: str
    code: str


KINDS = (
    Refusal,
    ValidationError,
    HttpError,
    BadProduct,
    ChangedMeanwhile,
    Merged,
    NotEnough,
    OperationalError,
)


def handle(request: HttpRequest, error: Any) -> HttpResponse:
    """The one exception handler: any of KINDS as the answer it means."""
    status, problems = _read(error)
    return refused(status, problems)


def refused(status: int, problems: Iterable[Problem]) -> HttpResponse:
    """The answer of a refusal: {"errors": [{"field", "code", "message"}]}."""
    return JsonResponse({"errors": [_told(problem) for problem in problems]}, status=status)


def in_json(response: HttpResponse) -> HttpResponse:
    """A refusal that Django or ninja wrote as a page or as text, said as ours; anything else as it is."""
    if response.status_code < 400 or response.get("Content-Type", "").startswith("application/json"):
        return response
    said = refused(response.status_code, [Problem("", _BY_STATUS.get(response.status_code, "failed"))])
    if response.has_header("Allow"):
        said["Allow"] = response["Allow"]
    return said


def _told(problem: Problem) -> dict[str, str]:
    message = str(SENTENCES[problem.code])
    return {
        "field": problem.field,
        "code": problem.code,
        "message": message % problem.facts if problem.facts else message,
    }


def _read(error: Exception) -> tuple[int, Sequence[Problem]]:
    match error:
        case Refusal():
            return error.status, [Problem(error.field, error.code)]
        case ValidationError():
            return 422, [_of_pydantic(one) for one in error.errors]
        case HttpError(__cause__=Refusal(status=status, field=name, code=code)):
            return status, [Problem(name, code)]  # of our parser: ninja wraps what it raises
        case HttpError():
            return 422, [Problem("", "not_json")]
        case BadProduct():
            return 422, [Problem(name, code) for name, code in error.problems.items()]
        case NotEnough():
            return 409, [_of_missing(*line) for line in error.missing]
        case Merged():
            return 409, [Problem("status", "merged", {"into": error.into})]
        case ChangedMeanwhile():
            return 409, [Problem("", "changed_meanwhile")]
        case _:
            return 503, [Problem("", "busy")]


def _of_pydantic(error: dict[str, Any]) -> Problem:
    """ninja's place starts with where the value stood, and for bodies with our argument's name."""
    where, *place = error["loc"]
    names = place[1:] if where == "body" else place
    path = ".".join(str(name) for name in names if name != "[key]")
    return Problem(path, _CODES.get(error["type"], "malformed"))


def _of_missing(code: str, name: str, missing: int) -> Problem:
    return Problem("status", "not_enough", {"code": code, "name": name, "missing": missing})
