"""What PostgreSQL's planner does before it has statistics, and of a shop its statistics don't know yet
(docs/decisions/0094).
"""

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from plusone.base import scope
from plusone.customers.models import Customer
from tests.house.sources import product, words_of

pytestmark = pytest.mark.usefixtures("database")
NOBODY = 10**9  # a shop that no statistics have seen
FILLED = "insert into known (tenant_id, name, phone, email) select 1, '', '', '' from generate_series(1, 999)"


def test_a_foreign_key_is_checked_on_the_primary_key_though_the_table_is_new() -> None:
    with _as_owner():
        tables = _rows(
            """select distinct confrelid::regclass::text from pg_constraint
                where contype = 'f' and array_length(confkey, 1) = 2
                  and connamespace = 'public'::regnamespace"""
        )
        used = {table: _index_of_a_check(table) for (table,) in tables}
    assert len(used) >= 8
    assert {table: index for table, index in used.items() if index != "probe_pkey"} == {}


def test_its_twin_a_newer_index_takes_the_check_over() -> None:
    with _as_owner():
        assert _index_of_a_check("plusone_order", "create index newer on probe (tenant_id, memo)") == "newer"


def test_a_shop_unknown_to_statistics_is_not_taken_for_empty() -> None:
    with scope.tenant(NOBODY):
        opaque = str(Customer.objects.values("id").query)
    with _as_owner():
        _run("create table known (like plusone_customer including all)")
        _run(FILLED, "analyze known")
        assert _expected_rows(opaque.replace("plusone_customer", "known")) == 999
        assert _expected_rows(f"select id from known where tenant_id = {NOBODY}") == 1


def test_no_statement_tells_the_planner_the_shop() -> None:
    told = [
        (source.name, node.lineno)
        for source in product()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.expr) and re.search(r"tenant_id\s*=\s*%", words_of(node) or "")
    ]
    assert told == []


def _index_of_a_check(table: str, *more: str) -> str:
    """The index on which a foreign key's check of a new copy of this table looks."""
    _run(f"create table probe (like {table} including all)", *more)
    _run("set local plan_cache_mode = force_generic_plan")
    _run("prepare looked as select 1 from only probe x where tenant_id = $1 and id = $2 for key share of x")
    (plan,) = _rows("explain (format json) execute looked (1, 1)")
    _run("deallocate looked", "drop table probe")
    return str(plan[0][0]["Plan"]["Plans"][0]["Index Name"])


def _expected_rows(statement: str) -> int:
    (plan,) = _rows(f"explain (format json) {statement}")
    return int(plan[0][0]["Plan"]["Plan Rows"])


@contextmanager
def _as_owner() -> Iterator[None]:
    """As the owner of the tables, in a transaction of which nothing stays."""
    with transaction.atomic():
        _run("set local role plusone_owner")
        yield
        transaction.set_rollback(True)


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _rows(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())
