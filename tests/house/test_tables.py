"""The second wall as PostgreSQL itself describes it (P28): every table is behind it, or signed for with a
reason.
"""

import re
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from plusone.base import walls
from plusone.base.models import Owned
from plusone.base.roles import ROLES

# Tables without a tenant, and why that is right.
OPEN = {
    "plusone_tenant": "the tenants themselves: looked up by the path before any is in scope",
    "plusone_user": "people sign in before they choose a shop, and may be in several",
    "plusone_schedule": "the house's timetable",
    "plusone_signintry": "tries to sign in and guesses, before any shop is in scope; e-mails hashed",
    "account_emailaddress": "allauth's, unused",
    "account_emailconfirmation": "allauth's, unused",
    "socialaccount_socialaccount": "allauth's: by which LINE a person comes in, before they choose a shop",
    "socialaccount_socialapp": "allauth's, unused: the one app is in settings",
    "socialaccount_socialtoken": "allauth's, unused: no token of LINE's is kept",
    "django_migrations": "Django's",
    "django_content_type": "Django's",
    "django_session": "Django's; the session is found before the tenant",
    "auth_permission": "Django's, unused",
    "auth_group": "Django's, unused",
    "auth_group_permissions": "Django's, unused",
    "procrastinate_jobs": "the queue: jobs carry ids only",
    "procrastinate_events": "the queue's history",
    "procrastinate_periodic_defers": "the queue's minutes",
    "procrastinate_workers": "the queue's workers",
}
# Keys that may be unique over all tenants, and why.
UNIQUE_OVER_ALL = {
    "plusone_apitoken": "a token's hash finds its tenant; 256 random bits",
    "plusone_invite": "an invite's link finds its tenant; 256 random bits",
}
# Keys to a table outside the wall.
KEYS_OUT = {("plusone_member", "user_id")}
# References that another key carries.
CARRIED = {
    ("plusone_orderline", "product_id"): "the variant's product; the line has a key to the variant",
    ("plusone_orderline", "customer_id"): "the order's customer; the line has a key to the order",
}

pytestmark = pytest.mark.usefixtures("database")


def test_every_table_is_behind_the_wall_or_signed_for() -> None:
    tables = {row[0] for row in _rows("select tablename from pg_tables where schemaname = 'public'")}
    assert set(OPEN) - tables == set()
    assert tables - set(OPEN) == _owned()
    assert len(_owned()) >= 20


def test_row_level_security_is_enabled_and_forced() -> None:
    bare = _rows("select relname from pg_class where oid::regclass::text = any(%s) and not "
                 "(relrowsecurity and relforcerowsecurity)", sorted(_owned()))  # fmt: skip
    assert bare == []


def test_policies_bind_what_is_read_and_what_is_written() -> None:
    found = _rows(
        "select tablename, policyname, permissive, roles::text, cmd, qual, with_check from pg_policies"
    )
    assert {row[0] for row in found} == _owned()
    for table, name, permissive, roles, command, using, check in found:
        assert (permissive, command) == ("PERMISSIVE", "ALL"), table
        if roles == "{plusone_app}":
            assert name == "tenant_rows"
            assert using == check, table
            assert "tenant_id = " in using, table
            assert "current_setting('app.tenant'" in using, table
        else:
            assert roles == "{plusone_operator}", table
    bound = [row[0] for row in found if row[3] == "{plusone_app}"]
    assert sorted(bound) == sorted(_owned())


def test_every_key_starts_with_the_tenant() -> None:
    keys = _rows(
        """select c.conrelid::regclass::text, c.contype::text, a.attname
             from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
            where c.contype in ('p', 'u', 'f') and c.conrelid::regclass::text = any(%s)""",
        sorted(_owned()),
    )
    assert {row[0] for row in keys if row[1] == "p"} == _owned()
    others = [(table, kind, column) for table, kind, column in keys if column != "tenant_id"]
    assert {(table, column) for table, kind, column in others if kind == "f"} == KEYS_OUT
    assert {table for table, kind, _ in others if kind == "u"} == set(UNIQUE_OVER_ALL)
    assert [table for table, kind, _ in others if kind == "p"] == []


def test_every_unique_index_has_the_tenant() -> None:
    unique = "select tablename, indexdef from pg_indexes where tablename = any(%s) and indexdef ~ 'UNIQUE'"
    indexes = _rows(unique, sorted(_owned()))
    bare = {table for table, text in indexes if "(tenant_id" not in text}
    assert bare == set(UNIQUE_OVER_ALL)


def test_a_key_points_at_rows_of_the_same_tenant() -> None:
    keys = _rows(
        """select conrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint
            where contype = 'f' and conrelid::regclass::text = any(%s)""",
        sorted(_owned()),
    )
    for table, text in keys:
        mine, theirs = re.findall(r"\(([^)]*)\)", text)[:2]
        if (table, mine) in KEYS_OUT:
            continue
        assert mine.split(", ")[0] == "tenant_id", (table, text)
        assert theirs.split(", ")[0] == ("id" if "plusone_tenant" in text else "tenant_id"), (table, text)


def test_every_reference_of_a_model_is_a_key_in_the_database() -> None:
    """Django's own keys are off (db_constraint=False): they can't name two columns; ours are in
    base/walls.py.
    """
    wanted = {
        (model._meta.db_table, field.column)
        for model in apps.get_models()
        if issubclass(model, Owned)
        for field in model._meta.concrete_fields
        if field.is_relation and field.column != "tenant_id"
    }
    keys = _rows(
        """select c.conrelid::regclass::text, a.attname from pg_constraint c
             join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[array_length(c.conkey, 1)]
            where c.contype = 'f'"""
    )
    assert wanted - set(keys) == set(CARRIED)
    assert len(wanted) >= 14


def test_every_model_is_owned_or_signed_for() -> None:
    ours = [model for model in apps.get_models() if model.__module__.startswith("plusone.")]
    free = {model._meta.db_table for model in ours if not issubclass(model, Owned)}
    assert free == {table for table in OPEN if table.startswith("plusone_")}


def test_the_tenant_is_never_empty() -> None:
    loose = _rows(
        "select table_name from information_schema.columns "
        "where table_schema = 'public' and column_name = 'tenant_id' and is_nullable = 'YES'"
    )
    assert loose == []


@pytest.mark.parametrize("table", walls.APPEND_ONLY)
def test_histories_cannot_be_changed_by_the_app(table: str) -> None:
    rights = {
        verb: _rows("select has_table_privilege('plusone_app', %s, %s)", f"plusone_{table}", verb)[0][0]
        for verb in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
    }
    assert rights == {"SELECT": True, "INSERT": True, "UPDATE": False, "DELETE": False, "TRUNCATE": False}


def test_nobody_but_the_owner_owns_and_no_role_goes_round_the_wall() -> None:
    owners = _rows("select distinct tableowner::text from pg_tables where tablename like 'plusone_%%'")
    assert owners == [("plusone_owner",)]
    columns = "rolname::text, rolsuper, rolbypassrls, rolcanlogin"
    roles = _rows(f"select {columns} from pg_roles where rolname = any(%s)", list(ROLES))
    assert sorted(roles) == [(role, False, False, False) for role in sorted(ROLES)]


def test_no_view_or_function_looks_over_the_wall() -> None:
    """A view or a definer's function runs with its owner's rights: none of ours is one."""
    views = _rows("select viewname from pg_views where schemaname = 'public'")
    definers = _rows("select proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace "
                     "where n.nspname = 'public' and prosecdef")  # fmt: skip
    assert (views, definers) == ([], [])


def _owned() -> set[str]:
    found = _rows(
        "select table_name from information_schema.columns "
        "where table_schema = 'public' and column_name = 'tenant_id'"
    )
    return {row[0] for row in found}


def _rows(query: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, list(values))
        return list(cursor.fetchall())
