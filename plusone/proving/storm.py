"""Sends the webhooks as LINE does: signed, over connections that stay open, two seconds of patience,
again until it hears 200.
"""

import http.client
import queue
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from plusone.line.signature import sign
from plusone.proving.cast import Shop
from plusone.proving.script import Post

THREADS = 64
PATIENCE = 2.0
TRIES = 200


@dataclass
class Heard:
    """What the storm saw: events that were answered 200, posts by outcome, milliseconds of those answered."""

    answered: set[str] = field(default_factory=set)
    outcomes: Counter[str] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)
    given_up: list[Post] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, post: Post, outcome: str, milliseconds: float) -> None:
        """Count one answer, or the lack of one."""
        with self.lock:
            self.outcomes[outcome] += 1
            if outcome == "200":
                self.answered |= {str(event["webhookEventId"]) for event in post.events}
                self.milliseconds.append(milliseconds)


def blow(web: str, shops: Sequence[Shop], posts: Sequence[Post], heard: Heard, *, seconds: float) -> None:
    """Send all posts at their times; one without a 200 is sent again with the redelivery flag. Ends after
    `seconds` at the latest.
    """
    due: queue.PriorityQueue[tuple[float, int, int]] = queue.PriorityQueue()
    began = time.monotonic()
    everything = list(posts)
    for number, post in enumerate(everything):
        due.put((began + post.at, number, 0))
    left = [len(everything)]
    threads = [
        threading.Thread(
            target=_send_due, args=(web, shops, everything, due, heard, left, began + seconds), daemon=True
        )
        for _ in range(min(THREADS, len(everything)))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _send_due(
    web: str,
    shops: Sequence[Shop],
    posts: list[Post],
    due: "queue.PriorityQueue[tuple[float, int, int]]",
    heard: Heard,
    left: list[int],
    end: float,
) -> None:
    connection = _connect(web)
    while left[0] > 0 and time.monotonic() < end:
        try:
            at, number, tries = due.get(timeout=0.2)
        except queue.Empty:
            continue
        time.sleep(max(0.0, min(at, end) - time.monotonic()))
        post = posts[number] if tries == 0 else replace(posts[number], again=True)
        outcome, connection = _send(connection, web, shops[post.shop], post, heard)
        if outcome == "200" or tries >= TRIES:
            with heard.lock:
                left[0] -= 1
                heard.given_up += [] if outcome == "200" else [post]
        else:
            due.put((time.monotonic() + min(0.2 * 2**tries, 2.0), number, tries + 1))
    connection.close()


def _send(
    connection: http.client.HTTPConnection, web: str, shop: Shop, post: Post, heard: Heard
) -> tuple[str, http.client.HTTPConnection]:
    body = post.body(shop.destination)
    headers = {"Content-Type": "application/json", "x-line-signature": sign(body, shop.secret)}
    began = time.perf_counter()
    try:
        connection.request("POST", f"/t/{shop.slug}/webhook", body, headers)
        answer = connection.getresponse()
        answer.read()
        outcome = str(answer.status)
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        connection, outcome = _connect(web), type(error).__name__
    heard.note(post, outcome, (time.perf_counter() - began) * 1000)
    return outcome, connection


def _connect(web: str) -> http.client.HTTPConnection:
    parts = urlsplit(web)
    return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
