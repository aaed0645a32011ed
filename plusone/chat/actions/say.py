"""Say something: one outbox row a message, sent later by whichever worker is free."""

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from plusone.base import scope
from plusone.chat.models import OutboxMessage

BELL = "plusone_outbox"
Rank = OutboxMessage.Rank
EXPIRES_SECONDS = {
    Rank.ANSWER: 6 * 3600,
    Rank.STATUS: 24 * 3600,
    Rank.NOTICE: 24 * 3600,
    Rank.CAMPAIGN: 24 * 3600,
}
NOTICE_MINUTES = 10


@dataclass(frozen=True, slots=True)
class Say:
    """A message to say: `kind` names the template, `facts` what it is filled with,
    `cause` and `purpose` make it unique.

    `to_kind`/`to_id` are the chat; `user_id` the person it is for (the same in a 1:1 chat).
    `ways` in order of preference. `people` is how many a push would reach, and cost: more than one in a
    group. It expires after its rank's time, or after `expires_seconds`.
    """

    cause: str
    purpose: str
    to_kind: str
    to_id: str
    user_id: str
    kind: str
    facts: dict[str, Any]
    language: str
    ways: tuple[str, ...]
    rank: int = Rank.ANSWER
    reply_token: str = ""
    reply_deadline: datetime.datetime | None = None
    window: str = field(default="")
    people: int = 1
    expires_seconds: int | None = None


_INSERT = """
    insert into plusone_outboxmessage (tenant_id, cause, purpose, to_kind, to_id, user_id, kind, facts,
           language, ways, reply_token, reply_deadline, retry_key, rank, expires_at, window_key, people)
    select %s, s.cause, s.purpose, s.to_kind, s.to_id, s.user_id, s.kind, s.facts, s.language,
           string_to_array(s.ways, ','), s.reply_token, s.reply_deadline, gen_random_uuid(), s.rank,
           now() + s.expires * interval '1 second', s.window_key, s.people
      from json_to_recordset(%s::json)
        as s(cause text, purpose text, to_kind text, to_id text, user_id text, kind text, facts jsonb,
             language text, ways text, reply_token text, reply_deadline timestamptz, rank int,
             expires int, window_key text, people int)
    on conflict (tenant_id, cause, purpose) do nothing
"""


def say(messages: Sequence[Say]) -> None:
    """Insert the messages in one statement and wake the senders at commit.

    One already said is not said again.
    """
    if not messages:
        return
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [scope.current(), json.dumps([_row(message) for message in messages])])
        cursor.execute("select pg_notify('plusone_outbox', '')")


def _row(message: Say) -> dict[str, Any]:
    return {
        "cause": message.cause,
        "purpose": message.purpose,
        "to_kind": message.to_kind,
        "to_id": message.to_id,
        "user_id": message.user_id,
        "kind": message.kind,
        "facts": message.facts,
        "language": message.language,
        "ways": ",".join(message.ways),
        "reply_token": message.reply_token,
        "reply_deadline": message.reply_deadline.isoformat() if message.reply_deadline else None,
        "rank": int(message.rank),
        "expires": message.expires_seconds or EXPIRES_SECONDS[Rank(message.rank)],
        "window_key": message.window,
        "people": message.people,
    }


def notice(message: Say) -> None:
    """Say it once a window of ten minutes:
    a second notice with the same window only raises the first one's count.

    Callers hold the lock of what the notice is about (the variant), so two cannot pass each other here.
    """
    merged = OutboxMessage.objects.raw(
        """update plusone_outboxmessage set count = count + 1,
                  facts = case when state in ('ready', 'parked') and payload is null
                               then %s::jsonb else facts end
            where tenant_id = (select %s::bigint) and id = (
              select id from plusone_outboxmessage where tenant_id = (select %s::bigint) and window_key = %s
                 and created_at > now() - %s * interval '1 minute' order by id desc limit 1)
           returning id""",
        [json.dumps(message.facts), scope.current(), scope.current(), message.window, NOTICE_MINUTES],
    )
    if not list(merged):
        say([message])
