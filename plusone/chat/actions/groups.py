"""Meet group chats, note what LINE says of them, and that the account left."""

import json
from collections.abc import Iterable

from django.db import connection
from django.db.models.functions import Now

from plusone.base import events, scope
from plusone.chat.models import GroupChat

_MEET = """
    insert into plusone_groupchat (tenant_id, chat_key, kind)
    select %s, g.key, g.kind from json_to_recordset(%s::json) as g(key text, kind text)
    on conflict (tenant_id, chat_key) do update set left_at = null
     where plusone_groupchat.left_at is not null
    returning id
"""


def meet(chats: Iterable[tuple[str, str]]) -> None:
    """Know these chats, each (key, kind): new ones, and those the account came back to, are inserted or
    marked present, and `group.met` is recorded for them. One statement; none when there is no chat.
    """
    wanted = [{"key": key, "kind": kind} for key, kind in sorted(set(chats))]
    if not wanted:
        return
    with connection.cursor() as cursor:
        cursor.execute(_MEET, [scope.current(), json.dumps(wanted)])
        ids = [row[0] for row in cursor.fetchall()]
    if ids:
        events.record("group.met", groups=ids)


def note_facts(group_id: int, *, name: str, members: int | None) -> None:
    """Store what LINE says of the group; an empty name and no count leave what was known."""
    known = GroupChat.objects.get(pk=group_id)
    GroupChat.objects.filter(pk=group_id).update(
        name=(name or known.name)[:120],
        members=known.members if members is None else members,
        asked_at=Now(),
    )


def leave(chat_key: str) -> None:
    """The account is no longer in the chat: nothing can be said there."""
    GroupChat.objects.filter(chat_key=chat_key).update(left_at=Now())
