"""Who gets in, what is refused before any view, and what is done only once."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.db.models.functions import Now
from django.test import Client

from plusone.base import scope
from plusone.catalogue.models import Product
from plusone.tenants.models import ApiToken, Tenant
from tests.api.caller import Caller, caller

TEA = {"name": "茶", "price": 1}


@pytest.fixture
def shop(tenant: Tenant) -> Caller:
    return caller(tenant)


def count(shop: Caller) -> int:
    with scope.tenant(shop.tenant.pk):
        return Product.objects.count()


@pytest.mark.parametrize("told", ["", "Bearer", "Bearer ", "Bearer nonsense", "Basic abc", "Bearer é\x7f"])
def test_without_a_good_token_there_is_one_and_the_same_answer(shop: Caller, told: str) -> None:
    answers = [
        Client().get(f"/api/v1/{path}", headers={"Authorization": told} if told else {})
        for path in ("products", "orders/x", "nothing/here")
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0]["WWW-Authenticate"] == "Bearer"


def test_a_revoked_token_is_refused(shop: Caller) -> None:
    shop.call("GET", "products")
    with scope.tenant(shop.tenant.pk):
        ApiToken.objects.update(revoked_at=Now())
    shop.call("GET", "products", status=401)


def test_the_description_is_open_and_names_every_address(database: None) -> None:
    described = Client().get("/api/v1/openapi.json").json()
    assert sorted(described["paths"]) == [
        "/api/v1/customers",
        "/api/v1/customers/{id}",
        "/api/v1/orders",
        "/api/v1/orders/{number}",
        "/api/v1/products",
        "/api/v1/products/{code}",
    ]
    assert described["components"]["securitySchemes"] == {"Token": {"type": "http", "scheme": "bearer"}}


def test_the_description_names_every_header_and_refusal(database: None) -> None:
    """A client made from it sends `If-Match` under that name, and knows what a lapsed plan answers."""
    calls = {
        call["operationId"]: call
        for methods in Client().get("/api/v1/openapi.json").json()["paths"].values()
        for call in methods.values()
    }
    headers = [one["name"] for one in calls["change_product"]["parameters"] if one["in"] == "header"]
    assert sorted(headers) == ["Idempotency-Key", "If-Match"]
    writing = {name for name in calls if name.split("_")[0] in ("create", "change", "remove")}
    assert {name for name, call in calls.items() if "402" in call["responses"]} == writing
    assert {name for name, call in calls.items() if {"401", "429", "503"} <= call["responses"].keys()} == {
        *calls
    }


def test_a_header_that_cannot_be_read_is_named_as_it_was_sent(shop: Caller) -> None:
    code = shop.call("POST", "products", TEA, 201)["code"]
    told = shop.call("PATCH", f"products/{code}", {"name": "綠茶"}, 422, **{"If-Match": "one"})
    assert [(one["field"], one["code"]) for one in told["errors"]] == [("If-Match", "malformed")]


@pytest.mark.parametrize(
    ("raw", "content_type", "status", "code"),
    [
        (b"{", "application/json", 422, "not_json"),
        (b"", "application/json", 422, "missing"),
        (b"\xff\xfe", "application/json", 422, "not_json"),
        (b"[" * 100_000, "application/json", 422, "not_json"),
        (b'{"name": "a", "price": 1e999}', "application/json", 422, "wrong_type"),
        (b'{"name": "a", "price": NaN}', "application/json", 422, "wrong_type"),
        (b"name=a&price=1", "application/x-www-form-urlencoded", 415, "not_json_type"),
        (b"{}", "text/plain", 415, "not_json_type"),
        (b'{"name": "' + b"a" * 1024 * 1024 + b'"}', "application/json", 413, "too_large"),
    ],
)
def test_what_is_no_json_object_is_refused(
    shop: Caller, raw: bytes, content_type: str, status: int, code: str
) -> None:
    errors = shop.call("POST", "products", raw, status=status, **{"Content-Type": content_type})["errors"]
    assert errors[0]["code"] == code
    assert count(shop) == 0


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("PUT", "products", 405, "method"),
        ("DELETE", "orders/x", 405, "method"),
        ("GET", "nothing", 404, "not_found"),
        ("PATCH", "orders/%C3%8C", 404, "not_found"),
        ("GET", "products/%00", 404, "not_found"),
        ("GET", "customers/99999999999999999999999", 404, "not_found"),
        ("GET", "products?limit=0", 422, "out_of_range"),
        ("GET", "products?limit=201", 422, "out_of_range"),
        ("GET", "products?limit=many", 422, "malformed"),
        ("GET", "products?cursor=!!", 422, "malformed"),
        ("GET", "products?cursor=YWJj", 422, "malformed"),
        ("GET", "products?public=perhaps", 422, "malformed"),
        ("GET", "customers?search=%00", 422, "malformed"),
    ],
)
def test_bad_addresses_are_refused_in_json(
    shop: Caller, method: str, path: str, status: int, code: str
) -> None:
    assert shop.call(method, path, status=status)["errors"][0]["code"] == code


def test_messages_are_in_the_language_asked_for(shop: Caller) -> None:
    said = {
        language: shop.call("GET", "orders/x", status=404, **{"Accept-Language": language})["errors"][0][
            "message"
        ]
        for language in ("en", "ja", "zh-Hant")
    }
    assert said["en"] == "There is nothing like that in this shop."
    assert all(said.values())


def test_the_same_key_and_body_are_done_once(shop: Caller) -> None:
    first = shop.send("POST", "products", TEA, **{"Idempotency-Key": "abc"})
    again = shop.send("POST", "products", TEA, **{"Idempotency-Key": "abc"})
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert again["Idempotency-Replayed"] == "true"
    assert count(shop) == 1


def test_another_body_under_the_same_key_is_a_conflict(shop: Caller) -> None:
    shop.call("POST", "products", TEA, 201, **{"Idempotency-Key": "abc"})
    refused = shop.call("POST", "products", {**TEA, "price": 2}, 409, **{"Idempotency-Key": "abc"})
    assert refused["errors"][0]["code"] == "key_reused"
    shop.call("POST", "products", TEA, 201, **{"Idempotency-Key": "abd"})
    assert count(shop) == 2


def test_a_refused_call_may_be_sent_again_under_its_key(shop: Caller) -> None:
    shop.call("POST", "products", {"name": ""}, 422, **{"Idempotency-Key": "abc"})
    shop.call("POST", "products", TEA, 201, **{"Idempotency-Key": "abc"})


def test_keys_of_shops_do_not_meet(shop: Caller) -> None:
    shop.call("POST", "products", TEA, 201, **{"Idempotency-Key": "abc"})
    with scope.nowhere():
        other = caller(Tenant.objects.exclude(pk=shop.tenant.pk).first() or shop.tenant)
    other.call("POST", "products", {**TEA, "price": 3}, 201, **{"Idempotency-Key": "abc"})


def test_a_key_that_is_none_is_refused(shop: Caller) -> None:
    for key in ("a" * 65, "有", "a b", ""):
        shop.call("POST", "products", TEA, 422, **{"Idempotency-Key": key})
    assert count(shop) == 0


def test_twins_at_the_same_time_make_one_product(shop: Caller) -> None:
    gate = threading.Barrier(6)

    def send(_: int) -> bytes:
        gate.wait()
        try:
            return shop.send("POST", "products", TEA, **{"Idempotency-Key": "twin"}).content
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as threads:
        answers = set(threads.map(send, range(6)))
    assert len(answers) == 1
    assert json.loads(answers.pop())["name"] == "茶"
    assert count(shop) == 1
