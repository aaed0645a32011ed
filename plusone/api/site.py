"""The API as a whole: its addresses, who may call it, how it refuses."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.parser import Parser
from ninja.security import HttpBearer

from plusone.api import refusals
from plusone.api.views import customers, orders, products

ABOUT = """Products, orders and customers of one shop, for programs.

* Each call carries the shop's API token: `Authorization: Bearer plusone_…`.
* Lists are newest first: `{"items": […], "next": cursor}`; give `next` as `?cursor=` until it is null.
* `Idempotency-Key` (1 to 64 characters) on POST and PATCH makes repeating safe for two days: the same call
  gets the same answer, another call under the same key 409.
* A refusal changes nothing and says why: `{"errors": [{"field", "code", "message"}]}`, the message in the
  language of `Accept-Language` (zh-Hant, ja, en).
* Amounts are whole units of the shop's currency; times are ISO 8601 in UTC; stock -1 means unlimited.
"""


class Token(HttpBearer):
    """The token was checked by the middleware, which opened its tenant; this says so in openapi.json."""

    def authenticate(self, request: HttpRequest, token: str) -> object:
        """The token's row."""
        return request.api_token  # type: ignore[attr-defined]


class JsonOnly(Parser):
    """Bodies that say they are JSON: a form or a text sent by mistake is told so, not half understood."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body's value. Raises Refusal 415, or ValueError for what is no JSON."""
        if request.content_type != "application/json":
            raise refusals.Refusal(415, "", "not_json_type")
        return super().parse_body(request)


api = NinjaAPI(
    title="Plusone",
    version="1",
    description=ABOUT,
    docs_url=None,
    urls_namespace="api",
    auth=Token(),
    parser=JsonOnly(),
)


@csrf_exempt
def nothing_here(request: HttpRequest) -> HttpResponse:
    """Any other address under /api/v1/: 404 in JSON, not a page."""
    return refusals.refused(404, [refusals.Problem("", "not_found")])


api.add_router("/products", products.router)
api.add_router("/orders", orders.router)
api.add_router("/customers", customers.router)
for kind in refusals.KINDS:
    api.add_exception_handler(kind, refusals.handle)
