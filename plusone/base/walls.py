"""The second wall, in SQL: called by migrations for every table that belongs to tenants.

Keys start with the tenant: the primary key is (tenant_id, id) and foreign keys are composite, so a row cannot
point at another tenant's and every table can later be distributed by tenant. Row-level security is enabled
and forced.
"""

from collections.abc import Sequence

APPEND_ONLY = ("event", "auditentry", "stockmovement", "orderchange", "purchase", "attempt")


def own(table: str) -> str:
    """SQL that puts a table behind row-level security and starts its primary key with the tenant."""
    full = f"plusone_{table}"
    mine = "tenant_id = (select nullif(current_setting('app.tenant', true), '')::bigint)"
    return f"""
        alter table {full} drop constraint {full}_pkey;
        alter table {full} add primary key (tenant_id, id);
        alter table {full} enable row level security;
        alter table {full} force row level security;
        create policy tenant_rows on {full} for all to plusone_app using ({mine}) with check ({mine});
        create policy operator_rows on {full} for all to plusone_operator using (true) with check (true);
        {_append_only(full) if table in APPEND_ONLY else ""}
    """


def key(table: str, column: str, target: str) -> str:
    """SQL for a foreign key within the tenant: (tenant_id, column) to the target's (tenant_id, id).

    A deleted target empties its own column only (member of a contact);
    other targets can't be deleted while pointed at.
    """
    full = f"plusone_{table}"
    return (
        f"alter table {full} add constraint {full}_{column}_within_tenant "
        f"foreign key (tenant_id, {column}) references plusone_{target} (tenant_id, id);"
    )


def root(tables: Sequence[str]) -> str:
    """SQL for the tables that hang on the tenant itself."""
    return "".join(
        f"alter table plusone_{table} add constraint plusone_{table}_tenant foreign key (tenant_id) "
        "references plusone_tenant (id);"
        for table in tables
    )


def _append_only(full: str) -> str:
    return f"revoke update, delete, truncate on {full} from plusone_app;"
