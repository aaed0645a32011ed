"""Pages travel compressed; what is small, no page, or asked for plainly stays as it is."""

import gzip
from collections.abc import Callable

import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from plusone.base.middleware import compressed

PAGE = "<p>鳳梨酥</p>" * 400


def _answer(made: Callable[[HttpRequest], HttpResponse], accepts: str = "gzip, deflate, br") -> HttpResponse:
    return compressed(made)(RequestFactory().get("/", headers={"Accept-Encoding": accepts}))


def test_a_page_is_gzipped_and_caches_are_told() -> None:
    answer = _answer(lambda request: HttpResponse(PAGE))
    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]
    assert int(answer["Content-Length"]) == len(answer.content) < len(PAGE.encode()) / 5
    assert gzip.decompress(answer.content).decode() == PAGE


def test_the_same_page_has_not_always_the_same_length() -> None:
    """BREACH guesses secrets by length."""
    lengths = {len(_answer(lambda request: HttpResponse(PAGE)).content) for _ in range(60)}
    assert len(lengths) > 1


@pytest.mark.parametrize(
    ("made", "accepts"),
    [
        (lambda request: HttpResponse(PAGE), ""),
        (lambda request: HttpResponse("<p>short</p>"), "gzip"),
        (lambda request: HttpResponse(PAGE, content_type="image/jpeg"), "gzip"),
    ],
)
def test_anything_else_stays(made: Callable[[HttpRequest], HttpResponse], accepts: str) -> None:
    assert not _answer(made, accepts).has_header("Content-Encoding")


def test_a_stream_stays_a_stream() -> None:
    answer = compressed(lambda request: StreamingHttpResponse(iter([PAGE])))(RequestFactory().get("/"))  # type: ignore[arg-type,return-value]
    assert not answer.has_header("Content-Encoding")
