"""Rules about the code that no linter knows. Exceptions stand here, signed with their reason."""

import ast
import re
import statistics
from collections.abc import Callable
from typing import TypeVar

from plusone.base import events, jobs
from plusone.schedule import LISTENERS, TIMETABLE
from tests.house.sources import Source, name_of, product, words_of

LONGEST_FUNCTION, LONGEST_FILE, MEDIAN_FUNCTION = 60, 350, 7
# Words for people stand in templates and views. Elsewhere only what is read as part of a page:
SPEAKERS = {
    "tenants/context.py": "the console's menu, a context processor of every page",
    "api/refusals.py": "the API's refusals, the one view of all its errors",
    "base/templatetags/moments.py": "“5 minutes ago”, part of templates",
}
# Only actions write. Elsewhere only:
WRITERS = {
    "tenants/models/__init__.py": "UserManager.create_user: Django asks for it in the manager",
    "api/once.py": "the answer kept for an Idempotency-Key, in the same transaction as what it answers",
    "proving/cast.py": "prove's own scene",
    "chat/views/menu_art.py": "Pillow's own save, into memory",
}
# All tenants at once, as the operator role: each place, and why.
EVERYWHERE = {
    "base/scope.py": "where it is made",
    "base/housekeeping.py": "old commands are forgotten",
    "chat/actions/deliver.py": "the sender claims what is due, whoever's it is",
    "chat/actions/forget.py": "old bodies are forgotten",
    "chat/tasks/menus.py": "the sweep looks which shops have menus to publish or to show",
    "chat/tasks/fetch.py": "which accounts to ask for their quota",
    "chat/views/metrics.py": "figures of the installation, ids only",
    "commands/doctor.py": "figures of the installation",
    "orders/tasks/rounds.py": "which shops have a reminder to give",
    "hooks/actions/lane.py": "the sweep looks which tenants have work",
    "tenants/actions/archives.py": "files of a day ago are removed",
    "tenants/actions/importing.py": "row counters go past what came in",
    "tenants/actions/plan.py": "whose event of Stripe's it is; whose plan is to be looked at",
    "orders/actions/export.py": "old files of orders are removed",
    "tenants/actions/__init__.py": "a token names its tenant; resealing all secrets",
    "tenants/actions/team.py": "an invite's link names its tenant",
    "storefront/actions/sessions.py": "sessions whose time is over are forgotten",
    "tenants/views/entrance.py": "which shops a person who signs in belongs to",
}
_SAVES = {"save", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "set_password"}
_ROW_VERBS = {"create", "update", "delete"}
_DML = re.compile(r"^\s*(?:with\b.*?\b)?(?:insert\s+into\s|update\s+plusone_|delete\s+from\s)", re.I | re.S)
T = TypeVar("T")
_FORBIDDEN_KEYS = re.compile(r"text|name|token|secret|body|password|email|phone|address")


def test_functions_are_short() -> None:
    lengths = {
        f"{source.name}:{function.name}": function.end_lineno - function.lineno + 1
        for source in product()
        for function in source.functions()
        if function.end_lineno
    }
    assert statistics.median(lengths.values()) <= MEDIAN_FUNCTION
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def test_files_are_short() -> None:
    lengths = {source.name: source.text.count("\n") for source in product()}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_nothing_is_imported_inside_a_function() -> None:
    assert _found(_inner_imports) == {}


def test_every_public_function_of_actions_says_what_it_does() -> None:
    assert _found(lambda source: _silent(source) if "/actions" in source.name else []) == {}


def test_nothing_is_left_to_do() -> None:
    assert _found(lambda source: re.findall(r"\b(?:TODO|FIXME|XXX|HACK)\b", source.text)) == {}


def test_only_actions_write() -> None:
    outside = {name: lines for name, lines in _found(_writes).items() if not _may_write(name)}
    assert set(outside) == set(WRITERS), outside


def test_words_for_people_stand_in_templates_and_views() -> None:
    spoken = {name for name in _found(_speaks) if "/views" not in name and not name.startswith("simulator/")}
    assert spoken == set(SPEAKERS)


def test_all_tenants_at_once_only_where_signed() -> None:
    used = {
        source.name
        for source in product()
        if any(name_of(call).split(".")[-1] == "everywhere" for call in source.calls())
    }
    assert used | {"base/scope.py"} == set(EVERYWHERE)


def test_every_job_that_is_rung_is_registered() -> None:
    rung = {
        words
        for source in product()
        for call in source.calls()
        if name_of(call) == "jobs.ring" and call.args and (words := words_of(call.args[0]))
    }
    rung |= {entry.task for entry in TIMETABLE} | {job for jobs_ in LISTENERS.values() for job in jobs_}
    assert len(rung) > 5
    assert rung - jobs.names() == set()


def test_every_event_that_is_heard_is_recorded_somewhere() -> None:
    recorded = {
        words
        for source in product()
        for call in source.calls()
        if name_of(call) == "events.record" and (words := words_of(call.args[0]))
    }
    assert set(LISTENERS) - recorded == set()
    assert events.record.__doc__


def test_log_lines_are_an_event_word_and_ids() -> None:
    assert sum(len(_log_calls(source)) for source in product()) > 5
    assert _found(_talkative) == {}


def test_these_rules_have_teeth() -> None:
    text = """
def show(request):
    from json import loads
    Order.objects.filter(pk=1).update(total=0)
    order.save()
    cursor.execute("update plusone_order set total = 0")
    logs.logger().info("Order taken", customer_name="x")
    # TODO
"""
    bad = Source("orders/views/bad.py", text, ast.parse(text))
    assert (_inner_imports(bad), _writes(bad), _silent(bad), _talkative(bad)) == (
        [3],
        [4, 5, 6],
        ["show"],
        [7],
    )


def _found(rule: Callable[[Source], list[T]]) -> dict[str, list[T]]:
    """Which files break the rule, and where."""
    return {source.name: breaches for source in product() if (breaches := rule(source))}


def _inner_imports(source: Source) -> list[int]:
    inside = (node for function in source.functions() for node in ast.walk(function))
    return [node.lineno for node in inside if isinstance(node, ast.Import | ast.ImportFrom)]


def _silent(source: Source) -> list[str]:
    said = [node for node in source.tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return [node.name for node in said if not node.name.startswith("_") and not ast.get_docstring(node)]


def _speaks(source: Source) -> list[str]:
    return [
        alias.name
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if "gettext" in alias.name
    ]


def _may_write(name: str) -> bool:
    return "/actions" in name or name.split("/")[0] in ("base", "simulator", "commands")


def _talkative(source: Source) -> list[int]:
    """Log calls whose event is no dotted word, or with a key that promises more than an id."""
    return [
        call.lineno
        for call in _log_calls(source)
        if not re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", words_of(call.args[0]) or "")
        or any(key.arg and _FORBIDDEN_KEYS.search(key.arg) for key in call.keywords)
    ]


def _log_calls(source: Source) -> list[ast.Call]:
    levels = ("debug", "info", "warning", "error", "exception", "critical")
    return [
        call
        for call in source.calls()
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in levels
        and isinstance(call.func.value, ast.Call)
        and name_of(call.func.value) == "logs.logger"
    ]


def _writes(source: Source) -> list[int]:
    """Lines that change rows: a model's own verbs, verbs on a manager or queryset, SQL that writes."""
    calls = [
        call.lineno
        for call in source.calls()
        if isinstance(call.func, ast.Attribute) and _changes_rows(call.func)
    ]
    return sorted([*calls, *_dml(source)])


def _changes_rows(called: ast.Attribute) -> bool:
    return called.attr in _SAVES or (called.attr in _ROW_VERBS and "objects" in ast.unparse(called.value))


def _dml(source: Source) -> list[int]:
    documented = {id(node.body[0].value) for node in _documented(source)}  # type: ignore[attr-defined]
    return [
        node.lineno
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant | ast.JoinedStr)
        and id(node) not in documented
        and _DML.match(words_of(node) or "")
    ]


def _documented(source: Source) -> list[ast.Module]:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return [
        node  # type: ignore[misc]
        for node in ast.walk(source.tree)
        if isinstance(node, kinds) and node.body and isinstance(node.body[0], ast.Expr)
    ]
