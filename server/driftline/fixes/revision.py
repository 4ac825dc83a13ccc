"""A new revision file: id, name and text in the project's own way (numbering, file template, `script.py.mako`).

Rendering a mako template runs code of the project. `write_revision` does so, and is called only on the user's explicit
word; `plain_revision` puts the same operations into a frame of our own, and is what the audit shows.

Example: where the head is `0013`, the next revision is `0014` in `versions/0014_add_ck_audit_logs_valid_actor_type.py`.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

from driftline.dataclass import dataclass
from driftline.fixes.fix import Unbuildable
from driftline.fixes.items import newline_of
from driftline.fixes.layout import literal
from driftline.fixes.operations import Code
from driftline.fixes.prefixed import prefixed
from driftline.fixes.project import Project
from driftline.fixes.written import quote_of
from driftline.migrations.graph import Graph, broken
from driftline.python.values import Unknown
from driftline.sources.paths import absolute, file_name, folder_of, is_within
from driftline.sources.source import FileText

_ALEMBICS_TEMPLATE = "%(rev)s_%(slug)s"
_MOMENTS = {
    "year": "YYYY",
    "month": "MM",
    "day": "DD",
    "hour": "hh",
    "minute": "mm",
    "second": "ss",
    "epoch": "EPOCH",
}
"""What Alembic's file templates know of the time, and what stands for it where none is given."""
_SLUG_LENGTH = 40  # `truncate_slug_length` of alembic/script/base.py


@dataclass(frozen=True, slots=True)
class NewRevision:
    """A revision to be written: identifiers, message, code of its functions. One that merges has several parents."""

    id: str
    down_revision: str | tuple[str, ...] | None
    message: str
    code: Code


def followed(graph: Graph) -> str | Unknown | None:
    """Give the revision that a new one follows: the head, None in an empty history, Unknown where that is not clear."""
    problem = broken(graph)
    if problem is not None:
        return problem
    if len(graph.heads) > 1:
        return Unknown(f"there are {len(graph.heads)} heads")
    return graph.heads[0] if graph.heads else None


def next_id(graph: Graph, head: str | None, seed: str, taken: Sequence[str] = ()) -> str:
    """Give an id for a revision behind `head`: the next number where the project counts, else 12 hex digits of `seed`.

    `taken`: ids that are promised to others already.
    """
    used = {*graph.revisions, *(one.id for one in graph.duplicates), *taken}
    width = _counted(graph, head)
    if width is not None:
        number = 1 + max((int(one) for one in used if one.isdecimal() and len(one) <= max(width, 9)), default=0)
        return f"{number:0{width}d}"
    attempt = 0
    while True:
        digest = blake2b(f"{head}\0{seed}\0{attempt}".encode(), digest_size=6).hexdigest()
        if digest not in used:
            return digest
        attempt += 1


def quote_after(project: Project, head: str | None) -> str:
    """Give the quotation mark of the revision that a new one follows."""
    before = project.graph.revisions.get(head or "")
    syntax = None if before is None else project.syntax(before.path)
    return '"' if syntax is None else quote_of(syntax.text)


def plain_revision(new: NewRevision, *, quote: str = '"') -> str:
    """Give the text of the revision in a frame of our own: what Alembic's template makes, without dates and types."""
    lines = [
        f'"""{_docstring(new.message)}"""',
        "",
        *_imports(new.code),
        f"revision = {literal(new.id, quote)}",
        f"down_revision = {_down_revision(new, quote)}",
        "branch_labels = None",
        "depends_on = None",
        "",
        "",
        "def upgrade() -> None:",
        _indented(new.code.upgrade),
        "",
        "",
        "def downgrade() -> None:",
        _indented(new.code.downgrade),
        "",
    ]
    return "\n".join(lines)


def revision_path(project: Project, new: NewRevision, now: datetime | None) -> str:
    """Give the absolute path of the new file, as `alembic revision` would choose it at that moment (local time).

    Without a moment, a date in it is written as `YYYY`, `MM` and so on.
    """
    environment = project.environment
    name = _name(project, new, now)
    if name is None:  # Alembic would refuse the template
        name = _ALEMBICS_TEMPLATE % {"rev": new.id, "slug": slug(new.message, _slug_length(project))}
    parents = (new.down_revision,) if isinstance(new.down_revision, str) else new.down_revision or ()
    head = next((project.graph.revisions[one] for one in parents if one in project.graph.revisions), None)
    locations = environment.version_locations
    folder = locations[0] if locations else environment.script_location
    if head is not None and len(locations) > 1:
        # Alembic takes the head's own folder; below a location, where the file template has folders, it refuses that.
        around = [one for one in locations if is_within(head.path, one)]
        folder = max(around, key=len, default=folder_of(head.path))
    return absolute(f"{name}.py", folder)


def _name(project: Project, new: NewRevision, now: datetime | None) -> str | None:
    """Give what the template of the project makes of a revision's name; None where it cannot."""
    words: dict[str, object] = {"rev": new.id, "slug": slug(new.message, _slug_length(project))}
    template = project.environment.file_template or _habit(project.graph) or _ALEMBICS_TEMPLATE
    if now is None:
        template = re.sub(rf"%\(({'|'.join(_MOMENTS)})\)[-.\d]*[ds]", lambda one: _MOMENTS[one[1]], template)
    else:
        words |= {word: getattr(now, word) for word in _MOMENTS if word != "epoch"} | {"epoch": int(now.timestamp())}
    try:
        return template % words
    except (ValueError, KeyError, TypeError):
        return None


def write_revision(project: Project, new: NewRevision, now: datetime | None = None) -> tuple[str, str] | None:
    """Give path and text of the new revision, by the project's `script.py.mako`; None where there is such a file.

    This renders the template, which is code: to be called on the user's explicit word only. Where there is no template,
    the text has a frame of our own; raises `Unbuildable` where there is one that fails, and where Alembic would not
    find the file. `now` is local time, without it the clock's.
    """
    if project.source is None:
        return None
    moment = now if now is not None else _now(project)
    path = revision_path(project, new, moment)
    if project.source.is_file(path):
        return None
    _ensure_found(project, new, moment, path)
    place = absolute("script.py.mako", project.environment.script_location)
    if not project.source.is_file(place):
        head = new.down_revision if isinstance(new.down_revision, str) else None
        return path, plain_revision(new, quote=quote_after(project, head))
    template = project.source.read(place)
    if not isinstance(template, FileText):
        msg = f"The template {place} cannot be read: {template.reason}."
        raise Unbuildable(msg)
    return path, _through_mako(project, template, new, moment)


def _ensure_found(project: Project, new: NewRevision, now: datetime, path: str) -> None:
    """Raise `Unbuildable` where the project's `file_template` makes no name, or one in a folder that is never read."""
    environment = project.environment
    if _name(project, new, now) is None:
        msg = f"The `file_template` {environment.file_template!r} makes no file name: Alembic fills in `rev`, `slug`, "
        msg += f"{', '.join(f'`{one}`' for one in list(_MOMENTS)[:-1])} and `epoch`."
        raise Unbuildable(msg)
    locations = environment.version_locations
    nested = any(one != other and is_within(one, other) for one in locations for other in locations)
    if environment.recursive or nested or "/" not in (environment.file_template or "") or folder_of(path) in locations:
        return
    msg = (
        f"Alembic would not find {file_name(path)}: `file_template` puts it into a folder of its own, and "
        "`recursive_version_locations` is not set to true."
    )
    raise Unbuildable(msg)


def slug(message: str, length: int = _SLUG_LENGTH) -> str:
    """Make of a message what a file is called by, as Alembic does it."""
    made = "_".join(re.findall(r"\w+", message)).lower()
    return made if len(made) <= length else made[:length].rsplit("_", 1)[0] + "_"


def _counted(graph: Graph, head: str | None) -> int | None:
    """Give how many digits the project's revision numbers have; None where it does not count."""
    latest = head if head is not None else next(iter(reversed(graph.order)), None)
    if latest is None or not latest.isdecimal():
        return None
    numbers = [one for one in graph.revisions if one.isdecimal()]
    if len(numbers) * 2 < len(graph.revisions) or len(latest) >= 12:  # noqa: PLR2004 -- Alembic's ids, by chance
        return None
    return len(latest)


_HABITS = {
    "%(rev)s_%(slug)s": r"{rev}_\w+",
    "%(rev)s-%(slug)s": r"{rev}-[\w-]+",
    "%(slug)s_%(rev)s": r"\w+_{rev}",
    "%(rev)s": r"{rev}",
}


def _habit(graph: Graph) -> str | None:
    """Give the file template that most revision files follow, where no setting says one."""
    counts: Counter[str] = Counter()
    for one in graph.revisions.values():
        name = file_name(one.path).removesuffix(".py")
        for template, pattern in _HABITS.items():
            if re.fullmatch(pattern.format(rev=re.escape(one.id)), name):
                counts[template] += 1
                break
    return next(iter(template for template, _ in counts.most_common(1)), None)


def id_in_name(graph: Graph, path: str) -> str | None:
    """Give the id that the name of a revision file says, as most names of the project do; None where it says none."""
    pattern = _HABITS.get(_habit(graph) or "", "")
    found = re.fullmatch(pattern.format(rev=r"([^\W_]+)"), file_name(path).removesuffix(".py"))
    like = {(len(one), one.isdecimal()) for one in graph.revisions}
    return found[1] if pattern and found is not None and (len(found[1]), found[1].isdecimal()) in like else None


def _slug_length(project: Project) -> int:
    given = project.environment.options.get("truncate_slug_length", "")
    return int(given) if given.isdecimal() else _SLUG_LENGTH


def _now(project: Project) -> datetime:
    name = project.environment.options.get("timezone")
    if name:
        for spelling in (name, name.upper()):
            try:
                return datetime.now(UTC).astimezone(ZoneInfo(spelling))
            except (KeyError, ValueError, OSError):  # no such zone here
                continue
    return datetime.now()  # noqa: DTZ005 -- Alembic's own choice: local time


def _imports(code: Code) -> list[str]:
    """Give the import lines that the code needs, in the order of the usual import sorter."""
    body = f"{code.upgrade}\n{code.downgrade}"
    lines = ["import sqlalchemy as sa"] if re.search(r"\bsa\.", body) else []
    if re.search(r"\bop\.", body):
        lines.append("from alembic import op")
    lines += code.imports
    return [*lines, ""] if lines else []


def _down_revision(new: NewRevision, quote: str) -> str:
    if isinstance(new.down_revision, tuple):
        return f"({', '.join(literal(one, quote) for one in new.down_revision)})"
    return "None" if new.down_revision is None else literal(new.down_revision, quote)


def _indented(body: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in (body or "pass").split("\n"))


def _docstring(message: str) -> str:
    safe = _quotable(message)
    return safe + (" " if safe.endswith('"') else "")


def _quotable(message: str) -> str:
    """Write a message so that it can stand in a docstring."""
    return message.replace("\\", "\\\\").replace('"""', "'''")


class _Config:
    """As much of Alembic's `Config` as templates ask for."""

    def __init__(self, project: Project) -> None:
        self._options = project.environment.options
        self.config_file_name = project.environment.config_path
        self.config_ini_section = project.environment.section

    def get_main_option(self, name: str, default: str | None = None) -> str | None:
        """Give an option of the ini file."""
        return self._options.get(name, default)


def _through_mako(project: Project, template: FileText, new: NewRevision, now: datetime) -> str:
    """Render the project's template as `alembic revision` does; raises `Unbuildable` where it cannot be rendered."""
    from mako.exceptions import RichTraceback  # type: ignore[import-untyped]  # it has no types
    from mako.template import Template  # type: ignore[import-untyped]

    options = project.declared.options
    upgrade, downgrade = (
        prefixed(one, op=options.alembic_module_prefix, sa=options.sqlalchemy_module_prefix)
        for one in (new.code.upgrade, new.code.downgrade)
    )
    words: dict[str, Any] = {
        "up_revision": new.id,
        "down_revision": new.down_revision,
        "branch_labels": None,
        "depends_on": None,
        "create_date": now,
        "comma": _comma,
        "message": _quotable(new.message),
        "imports": "\n".join(new.code.imports),
        "upgrades": _indented(upgrade).lstrip(" "),
        "downgrades": _indented(downgrade).lstrip(" "),
        "config": _Config(project),
    }
    database = project.environment.database
    if database is not None:  # the `multidb` template has a function for each, by the tokens that its env.py passes
        words |= {f"{database}_{name}": words.pop(name) for name in ("upgrades", "downgrades")}
    try:
        text: str = Template(template.text.replace("\r\n", "\n")).render_unicode(**words)  # noqa: S702 -- no HTML is made
    except (Exception, SystemExit) as error:  # a template is the project's code: it may raise anything
        line = RichTraceback(error=error, traceback=error.__traceback__).lineno
        said = next(iter(str(error).splitlines()), "")
        why = f"{type(error).__name__}: {said}" if said else type(error).__name__
        msg = f"The template {template.path} cannot be rendered (line {line}): {why}."
        raise Unbuildable(msg) from error
    try:
        ast.parse(text)
    except (SyntaxError, ValueError) as error:
        msg = f"The template {template.path} makes no Python: {error}."
        raise Unbuildable(msg) from error
    newline = newline_of(template.text)
    return text if newline == "\n" else text.replace("\n", newline)


def _comma(value: str | Sequence[str] | None) -> str:
    """Join revision ids for the docstring, as the template's filter `comma` does."""
    if value is None:
        return ""
    return value if isinstance(value, str) else ", ".join(value)
