"""What env.py passes to `context.configure`, as far as comparing and replaying depend on it.

Example: `context.configure(target_metadata=metadata, render_as_batch=True)` gives
`EnvironmentOptions(render_as_batch=True)`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence

from driftline.models.core import plain
from driftline.models.declared import EnvironmentOptions
from driftline.models.object_filter import Asking, ObjectFilter
from driftline.python.origin import Origin, origin_of
from driftline.python.values import BoundMethod, Call, Function, Module, Partial, Symbol, Unknown, Value

_FILTERS = ("include_object", "include_name")
_PLUGINS = (
    "alembic_postgresql_enum",
    "alembic_utils",
    "alembic_enums",
    "alembic_pg_autogen",
    "geoalchemy2",
    "alembic_toolkit",
)

_HOOKS = ("render_item", "process_revision_directives")


def read_options(
    configured: Sequence[Call], modules: Sequence[str], runner: Asking, handle: Callable[[str | None, str], Call | None]
) -> EnvironmentOptions:
    """Read the options of the calls of `context.configure`; what one of them leaves out, another may say.

    `modules`: names that env.py imports. `runner` runs the functions that env.py passes, and `handle` gives what stands
    for a declared table, by schema and name.
    """
    given: dict[str, Value] = {}
    unread: Unknown | None = None
    for call in configured:
        given.update({name: value for name, value in call.kwargs.items() if name not in given or value is not None})
        if call.unpacked:
            unread = Unknown("arguments of `context.configure` were not read", call.origin)
    filters = {name: given[name] for name in _FILTERS if given.get(name) is not None}
    filtered = next((_filter(name, one) for name, one in filters.items() if not _is_read(one)), None)
    table = plain(given.get("version_table"))
    schema = plain(given.get("version_table_schema"))
    batch = given.get("render_as_batch")
    return EnvironmentOptions(
        compare_type=_flag(given.get("compare_type"), unread, default=True, name="compare_type"),
        compare_server_default=_flag(
            given.get("compare_server_default"), unread, default=False, name="compare_server_default"
        ),
        render_as_batch=batch is True,
        alembic_module_prefix=_prefix(given, "alembic_module_prefix", "op."),
        sqlalchemy_module_prefix=_prefix(given, "sqlalchemy_module_prefix", "sa."),
        hooks=tuple(name for name in _HOOKS if given.get(name) is not None),
        include_schemas=_flag(given.get("include_schemas"), unread, default=False, name="include_schemas"),
        filtered=filtered if filtered is not None else unread,
        filters=ObjectFilter(filters.get("include_object"), filters.get("include_name"), runner, handle)
        if filters and filtered is None and unread is None
        else None,
        version_table=table if isinstance(table, str) else "alembic_version",
        version_table_schema=schema if isinstance(schema, str) else None,
        plugins=tuple(dict.fromkeys((*_imported(modules), *_named(given.get("autogenerate_plugins"))))),
    )


def _prefix(given: Mapping[str, Value], name: str, default: str) -> str:
    """Give what stands before a module's names; Alembic's own where env.py says nothing, or nothing that was read."""
    if name not in given:
        return default
    value = plain(given[name])
    return "" if value is None else value if isinstance(value, str) else default


def _imported(modules: Sequence[str]) -> list[str]:
    return [one for one in (name.partition(".")[0] for name in modules) if one in _PLUGINS]


def _named(plugins: Value) -> list[str]:
    """The plugins that `autogenerate_plugins` asks for by name or pattern; `~` before one takes it away again."""
    values = plugins if isinstance(plugins, list | tuple) else ()
    names = [str(one) for one in map(plain, values) if isinstance(one, str)]
    return [one for one in names if not one.startswith("~") and f"~{one}" not in names]


def written_calls(env: Module) -> list[Call]:
    """Give the calls of `context.configure` as env.py writes them, for when running it reached none of them.

    Their arguments are constants, filters that are functions of the module's, or Unknown, and there is no target
    metadata among them.
    """
    if env.syntax is None:
        return []
    found: list[Call] = []
    for node in ast.walk(env.syntax.tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr != "configure":
            continue
        origin = Origin((env.syntax.site(node),))
        kwargs = {
            one.arg: one.value.value
            if isinstance(one.value, ast.Constant)
            else _function_at(one, env) or Unknown("what env.py passes to `context.configure` was not reached", origin)
            for one in node.keywords
            if one.arg is not None and one.arg != "target_metadata"
        }
        unpacked = any(one.arg is None for one in node.keywords)
        found.append(Call(Symbol("alembic.context.configure"), (), kwargs, origin, unpacked=unpacked))
    return found


def _function_at(argument: ast.keyword, env: Module) -> Value:
    """Give the function that a filter is, where it is named as the module does at its top; else None."""
    if argument.arg not in _FILTERS or not isinstance(argument.value, ast.Name):
        return None
    found = env.names.get(argument.value.id)
    return found if _is_read(found) else None


def _is_read(value: Value) -> bool:
    """Whether a filter is a function that was read, so that it can be asked."""
    while isinstance(value, BoundMethod | Partial):
        value = value.function
    return isinstance(value, Function)


def _filter(name: str, value: Value) -> Unknown:
    if isinstance(value, Unknown):
        return value
    return Unknown(f"env.py filters with `{name}`", origin_of(value))


def _flag(value: Value, unread: Unknown | None, *, default: bool, name: str) -> bool | Unknown:
    if value is None:
        return unread if unread is not None else default
    if isinstance(value, bool | int):
        return bool(value)
    return value if isinstance(value, Unknown) else Unknown(f"env.py decides `{name}` with a function")
