"""Every cure takes its own medicine: real Alembic runs the project that a fix has been applied to, and finds it cured.

The projects are the examples on the rules' pages, on PostgreSQL and on SQLite. A database is upgraded to the head as it
was, once for each, and copied for every fix. Then, after the fix:

- Alembic upgrades to the head that there is now, and its autogenerate finds nothing new, and nothing that the finding
  stood for;
- the database is what Driftline says that it is, and of that it has no such finding any more: so also what Alembic does
  not compare is cured;
- a new revision can be taken back, which leaves what was there before, and applied again.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config

from driftline.engine.analyse import analysis
from driftline.engine.analysis import Analysis
from driftline.engine.project import open_project
from driftline.engine.session import Session
from driftline.fixes import Fix, fixes_for
from driftline.rules import RULES
from driftline.rules.finding import Finding
from driftline.rules.rule import Fixable, Group, Rule
from driftline.schema.document import schema_document
from driftline.sources.memory import MemorySource
from driftline.text import apply_edits
from tests.fixes.test_inherited import CASES as INHERITED
from tests.fixes.test_inherited import Case as Inherited
from tests.fixes.test_inherited import texts_of as inherited_texts
from tests.oracle import referee
from tests.oracle.databases import Databases, canonical_types, operations
from tests.oracle.documents import differences, facts, types
from tests.oracle.projects import Project
from tests.rules.test_pages import page
from tests.support.project import DEFAULTS, ROOT

URLS = {"postgresql": "postgresql://localhost/example", "sqlite": "sqlite:///example.db"}
DRIVERS = {"postgresql": "postgresql+psycopg2", "sqlite": "sqlite"}
# Nobody else may be connected to a database that is copied.
POOLED, ALONE = 'get_main_option("sqlalchemy.url"))', 'get_main_option("sqlalchemy.url"), poolclass=NullPool)'
ENV = f"from sqlalchemy.pool import NullPool\n{DEFAULTS['alembic/env.py'].replace(POOLED, ALONE)}"
NOT_EMBEDDED = {"de_DE": "POSIX", '("room", "="), ': ""}
"""What the embedded PostgreSQL has not: locales, and btree_gist; and what the examples then say instead."""
UNHEARD = {
    "postgresql": frozenset({"sqltext", "serial"}),
    "sqlite": frozenset({"sqltext", "serial", "identity"}),
}
"""What a database says in words of its own, or has not."""


@dataclass(frozen=True, slots=True)
class Cure:
    """A fix of a finding of a project. `texts`: the project's files by relative path."""

    texts: Mapping[str, str]
    finding: Finding
    title: str
    fix: Fix

    def cured(self) -> dict[str, str]:
        """The project's files with the fix applied."""
        edited = {
            path.removeprefix(f"{ROOT}/"): apply_edits(self.texts[path.removeprefix(f"{ROOT}/")], edits)
            for path, edits in self.fix.edits.items()
        }
        created = {path.removeprefix(f"{ROOT}/"): text for path, text in self.fix.creates.items()}
        return {**self.texts, **edited, **created}


def analysed(texts: Mapping[str, str]) -> Analysis | None:
    """The only environment of a project, read to the end; None where it has several."""
    source = MemorySource({f"{ROOT}/{path}": text for path, text in texts.items()})
    works = open_project(ROOT, Session(source)).works
    return analysis(works[0]) if len(works) == 1 else None


def projects(rule: Rule, dialect: str) -> Iterator[dict[str, str]]:
    """The examples on a rule's page as projects of a dialect; those that configure another one are left out."""
    for case in page(rule).cases:
        files = {**DEFAULTS, "alembic/env.py": ENV, **case.files}
        if "alembic/env.py" in case.files:  # which only says what is imported
            connected = ENV.partition("target_metadata = models.Base.metadata\n")
            stated = re.sub(
                r"context\.configure\(target_metadata=(.+)\)\n",
                rf"target_metadata = \1\n{connected[2]}",
                case.files["alembic/env.py"],
            )
            imports = "from sqlalchemy import create_engine\nfrom sqlalchemy.pool import NullPool\n"
            files["alembic/env.py"] = imports + stated
        for missing, instead in NOT_EMBEDDED.items():
            files = {path: text.replace(missing, instead) for path, text in files.items()}
        ini, settings = files["alembic.ini"], case.files.get("pyproject.toml", "")
        stated = re.search(r'^dialect = "(\w+)"$', settings, re.MULTILINE)
        if "alembic.ini" in case.files or ("pyproject.toml" in case.files and stated is None):
            if f"{dialect}:" in ini.replace("+", ":"):
                yield files
            continue
        if stated is not None:
            if dialect != (stated[1] if stated[1] in URLS else "postgresql"):  # which stands in for what is not here
                continue
            files["pyproject.toml"] = settings.replace(stated[0], f'dialect = "{dialect}"')
        yield on(dialect, files)


def on(dialect: str, files: Mapping[str, str]) -> dict[str, str]:
    """The project with a database of the dialect."""
    url = f"sqlalchemy.url = {URLS[dialect]}"
    return {**files, "alembic.ini": re.sub(r"(?m)^sqlalchemy\.url = .*$", url, files["alembic.ini"])}


def cures(rule: Rule, dialect: str) -> Iterator[Cure]:
    """Every fix of every finding of the rule on its page."""
    for texts in projects(rule, dialect):
        yield from cures_of(texts, dialect, rule.name)


def cures_of(texts: Mapping[str, str], dialect: str, rule: str | None = None) -> Iterator[Cure]:
    """Every fix of every finding (of a rule) of a project; none where it is not one of the dialect."""
    one = analysed(texts)
    for finding in one.findings if one is not None and one.dialect == dialect else ():
        for offer in fixes_for(finding, one) if one is not None and rule in (None, finding.rule) else ():
            fix = offer.build()
            assert fix is not None, offer.title
            yield Cure(texts, finding, offer.title, fix)


class Run:
    """A project on disk and its database, run by real Alembic in this process."""

    def __init__(self, texts: Mapping[str, str], folder: Path, url: str) -> None:
        """Write the files of the project into `folder`."""
        self.folder, self.url = folder, url
        for path, text in texts.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, "utf-8")

    def do(self, what: str, **words: Any) -> Any:  # noqa: ANN401 -- whatever the referee answers
        """Have the referee do something; what the project imports is forgotten afterwards."""
        before, path = set(sys.modules), list(sys.path)
        here = Path.cwd()
        os.chdir(self.folder)
        sys.dont_write_bytecode, writes = True, sys.dont_write_bytecode
        try:
            with contextlib.redirect_stdout(sys.stderr):
                config = Config(str(self.folder / "alembic.ini"))
                return referee.TASKS[what](config, {"url": self.url, **words})
        finally:
            os.chdir(here)
            sys.path[:] = path
            sys.dont_write_bytecode = writes
            for name in set(sys.modules) - before:
                file = getattr(sys.modules[name], "__file__", None)
                if file is not None and (self.folder / file).is_relative_to(self.folder):  # `.` is on the path
                    del sys.modules[name]
            sys.path_importer_cache.pop(".", None)

    def reflected(self, dialect: str) -> list[str]:
        """The facts of the database."""
        return told(self.do("reflect"), dialect)

    def drift(self) -> Counter[tuple[str, str, str | None]]:
        """What Alembic's autogenerate finds."""
        return Counter(operations(self.do("drift", checks=False)))


NOT_THERE = {("collation-mismatch", "sqlite"), ("unique-option-mismatch", "sqlite")}
"""What a dialect's database does not have."""


def told(document: Any, dialect: str, canonical: Mapping[str, str] | None = None) -> list[str]:  # noqa: ANN401 -- a document
    """The facts of a document that both sides tell in the same words; SQLite's primary keys need no name."""
    lines = facts(document, canonical=lambda ddl: (canonical or {}).get(ddl, ddl), without=UNHEARD[dialect])
    return lines if dialect != "sqlite" else [re.sub(r"( primary key) \S+", r"\1", line) for line in lines]


DRIFT = [one for one in RULES if one.group is Group.DRIFT and one.fix is not Fixable.NEVER]


@pytest.mark.parametrize(
    ("rule", "dialect"),
    [(one, name) for one in DRIFT for name in URLS if (one.name, name) not in NOT_THERE],
    ids=lambda value: value.name if isinstance(value, Rule) else value,
)
def test_drift_is_cured(rule: Rule, dialect: str, databases: Databases, tmp_path: Path) -> None:
    """Alembic finds the drift gone; what was made can be taken back, and made again."""
    assert take(cures(rule, dialect), dialect, databases, tmp_path) or dialect == "sqlite"


NO_SQLMODEL = [(name, case) for name, case in INHERITED.items() if "sqlmodel" not in case.models]


@pytest.mark.parametrize("case", [case for _, case in NO_SQLMODEL], ids=[name for name, _ in NO_SQLMODEL])
def test_drift_of_what_is_inherited_is_cured(case: Inherited, databases: Databases, tmp_path: Path) -> None:
    """So is that of columns whose line stands for several tables."""
    texts = on("postgresql", {**inherited_texts(case), "alembic/env.py": ENV})

    assert take(cures_of(texts, "postgresql"), "postgresql", databases, tmp_path)


def take(found: Iterable[Cure], dialect: str, databases: Databases, tmp_path: Path) -> int:
    """Apply cures, each to a copy of its project and of its database; how many."""
    known: dict[str, tuple[str, list[str], Counter[tuple[str, str, str | None]]]] = {}
    tried = 0
    for number, cure in enumerate(found):
        folder = tmp_path / str(number)
        project = Project(folder, folder / "alembic.ini", DRIVERS[dialect], "head")
        key = repr(sorted(cure.texts.items()))
        if key not in known:
            original = Run(cure.texts, tmp_path / f"{number}-before", databases.create(project))
            original.do("upgrade", revision="head")
            known[key] = original.url, original.reflected(dialect), original.drift()
        template, before, drift = known[key]
        # What makes no revision leaves the database as it is.
        run = Run(cure.cured(), folder, databases.clone(project, template) if cure.fix.creates else template)
        run.do("upgrade", revision="head")
        after = run.reflected(dialect)
        stood_for = {(one.op, one.table, one.name) for one in cure.finding.operations}

        assert Counter() == run.drift() - drift, f"{cure.title}: Alembic finds more than before"
        assert set() == stood_for & set(run.drift()), f"{cure.title}: Alembic finds it still"
        assert [] == unlike(cure, after, run.url, dialect), cure.title
        if cure.fix.creates:
            run.do("downgrade", revision="-1")
            assert before == run.reflected(dialect), f"{cure.title}: the downgrade leaves something else"
            run.do("upgrade", revision="head")
            assert after == run.reflected(dialect), f"{cure.title}: the second upgrade makes something else"
        tried += 1
    return tried


def unlike(cure: Cure, reflected: list[str], url: str, dialect: str) -> list[str]:
    """Where the database is not what Driftline says of the cured project, which has no such finding any more."""
    one = analysed(cure.cured())
    assert one is not None
    identity = (cure.finding.rule, cure.finding.table, cure.finding.object)
    assert identity not in {(each.rule, each.table, each.object) for each in one.findings}, cure.title
    document: Any = schema_document(one.migrated.schema)
    canonical = canonical_types(url, types(document))
    return differences(reflected, told(document, dialect, canonical))


HISTORY = [one for one in RULES if one.group is Group.HISTORY and one.fix is not Fixable.NEVER]


@pytest.mark.parametrize("rule", HISTORY, ids=lambda rule: rule.name)
def test_history_is_cured(rule: Rule, databases: Databases, tmp_path: Path) -> None:
    """Alembic upgrades an empty database to the head, and what has a downgrade comes back and goes there again."""
    for dialect in URLS:
        for number, cure in enumerate(cures(rule, dialect)):
            folder = tmp_path / f"{dialect}-{number}"
            project = Project(folder, folder / "alembic.ini", DRIVERS[dialect], "head")
            cured = cure.cured()
            run = Run(cured, folder, databases.create(project))
            run.do("upgrade", revision="head")
            after = run.reflected(dialect)

            assert [] == unlike_history(cure, after, run.url, dialect), cure.title
            there_and_back(cure, folder, databases.create(project))
            revisions = [text for path, text in cured.items() if "/versions/" in path]
            if all("def downgrade" in text for text in revisions):
                run.do("downgrade", revision="base")
                assert [] == run.reflected(dialect), f"{cure.title}: the downgrade leaves something"
                run.do("upgrade", revision="head")
                assert after == run.reflected(dialect), f"{cure.title}: the second upgrade makes something else"


def there_and_back(cure: Cure, folder: Path, url: str) -> None:
    """A revision with nothing left to say of can be taken back, which leaves what was there before, and made again."""
    one = analysed(cure.cured())
    assert one is not None
    revision = one.graph.revisions.get(cure.finding.revision or "")
    text = "" if revision is None else cure.cured()[revision.path.removeprefix(f"{ROOT}/")]
    if revision is None or "def downgrade" not in text or any(each.revision == revision.id for each in one.findings):
        return
    run = Run(cure.cured(), folder, url)
    parents = " ".join(revision.down_revisions)
    if parents:
        run.do("upgrade", revision=parents)
    before = run.reflected("postgresql")
    run.do("upgrade", revision=revision.id)
    after = run.reflected("postgresql")
    run.do("downgrade", revision=parents or "base")
    assert before == run.reflected("postgresql"), f"{cure.title}: the downgrade leaves something else"
    run.do("upgrade", revision=revision.id)
    assert after == run.reflected("postgresql"), f"{cure.title}: the second upgrade makes something else"


@pytest.mark.parametrize("rule", [one for one in RULES if one.fix is not Fixable.NEVER], ids=lambda rule: rule.name)
def test_every_fixable_rule_is_among_them(rule: Rule) -> None:
    """A rule with fixes has a cure that is taken here, on one database at least."""
    assert rule in (*DRIFT, *HISTORY)
    assert any(True for dialect in URLS for _ in cures(rule, dialect))


def unlike_history(cure: Cure, reflected: list[str], url: str, dialect: str) -> list[str]:
    """The same, for a finding of which there may have been more."""
    one = analysed(cure.cured())
    assert one is not None
    document: Any = schema_document(one.migrated.schema)
    canonical = canonical_types(url, types(document))
    return differences(reflected, told(document, dialect, canonical))
