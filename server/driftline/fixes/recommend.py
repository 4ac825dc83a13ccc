"""What the audit recommends: cures written out as code that works, the worst findings first.

Findings of one rule with the same kind of cure share a recommendation, and so do those whose changes depend on each
other. The revisions among them follow one another, so that each can be saved under the path it is shown with. The
project's `script.py.mako` is code, and is not run for that.

Example: an `extra-foreign-key` gives the unified diff of the model, a `missing-check` the file of revision `0014`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from driftline.dataclass import dataclass, replace
from driftline.fixes.change import Change, Create, Drop
from driftline.fixes.change_order import in_order
from driftline.fixes.describe import describe, title_of
from driftline.fixes.differing import unified
from driftline.fixes.edited import Edited
from driftline.fixes.footprint import dependent
from driftline.fixes.history import history_offers
from driftline.fixes.model_cures import key_text, model_edit
from driftline.fixes.model_edit import Edits
from driftline.fixes.offers import changes_of, check_edits, import_edit
from driftline.fixes.operations import Code, render
from driftline.fixes.project import Project
from driftline.fixes.revision import NewRevision, followed, next_id, plain_revision, revision_path
from driftline.fixes.scaffold import renderable, with_needs
from driftline.migrations.graph import broken
from driftline.python.values import Unknown
from driftline.rules.finding import Finding
from driftline.schema import CheckConstraint, Column, ForeignKey, Table, UniqueConstraint
from driftline.sources.paths import relative_to

DECISIONS: Mapping[str, str] = {
    "downgrade-not-inverse": "What it is to restore is its author's decision: mend the downgrade, or the upgrade.",
    "duplicate-revision": "Which of the two keeps the id is yours to say: it is the one that databases have run.",
    "empty-downgrade": "Whether there is a way back is its author's decision: write it, or raise an error.",
    "existing-mismatch": "Write in the call what the column is at that point; databases that ran it stay as they are.",
    "null-constraint-name": "The name is the database's: look it up there, and write it in the call.",
}
"""What is left to an author where no cure is certain, by rule, as sentences."""


@dataclass(frozen=True, slots=True)
class Block:
    """Code to be shown. `path`: the file to be made of it (absolute), None for a diff, which names its files."""

    language: str
    code: str
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A cure: what it does (a sentence without its full stop, names in backticks), for which findings, and its code.

    `note`: what to think of before it is applied, as a sentence.
    """

    title: str
    findings: tuple[Finding, ...]
    blocks: tuple[Block, ...]
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """All recommendations, in the order in which they can be applied; `uncured`: findings that have no cure here."""

    recommendations: tuple[Recommendation, ...]
    uncured: tuple[Finding, ...]


def advise(findings: Sequence[Finding], project: Project, folder: str) -> Advice:
    """Find the cures of `findings`. `folder`: the opened folder (absolute), which paths in diffs are relative to."""
    ranked = sorted(findings, key=lambda one: (one.level.rank, one.rule, one.table or "", one.object or ""))
    rules = {rule: [one for one in ranked if one.rule == rule] for rule in dict.fromkeys(one.rule for one in ranked)}
    made: list[Recommendation] = []
    edited = Edited(project)
    chain = _Chain(project)
    revisions = _together(rules, project)
    for rule, of_rule in rules.items():
        if rule == "extra-table":
            made += _tables_without_models(of_rule)
            continue
        edits = _edits_of(rule, of_rule, edited, folder)
        if edits is not None:
            made.append(edits)
        for cures in revisions.get(rule, ()):
            made += chain.revisions(cures, edited, folder)
        done = [one for each in made for one in each.findings]
        made += _of_last_resort([one for one in of_rule if not _among(one, done)], revisions, edited, folder)
    merge = chain.merge(findings)
    if merge is not None:
        made.insert(0, merge)
    cured = [one for each in made for one in each.findings]
    return Advice(tuple(made), tuple(one for one in findings if not _among(one, cured)))


def _among(finding: Finding, findings: Iterable[Finding]) -> bool:
    return any(finding is one for one in findings)


Cure = tuple[Finding, tuple[Change, ...]]


def _together(rules: Mapping[str, Sequence[Finding]], project: Project) -> dict[str, list[list[Cure]]]:
    """Give what revisions are to do, each under the rule of its worst finding.

    The findings of a rule share one; what depends on each other does, too, as each revision is written against the
    migrated schema: only what is independent can follow in any order.
    """
    tried = Edited(project)
    done: list[Edits] = []
    groups: list[tuple[str, list[Cure]]] = []
    for rule, findings in rules.items():
        if rule == "extra-table":
            continue
        able: list[Cure] = []
        for finding in findings:
            if _edited(finding, tried, done) is not None:
                continue
            asked = changes_of(finding, project)
            needed = with_needs(asked, project) if asked else None
            if needed and renderable(needed, project) is None:
                able.append((finding, needed))
        if able:
            groups.append((rule, able))
    made: dict[str, list[list[Cure]]] = {}
    for several in dependent([[one for _, each in cures for one in each] for _, cures in groups], project):
        cures = [cure for index in several for cure in groups[index][1]]
        made.setdefault(groups[several[0]][0], []).append(cures)
    return made


# ---------------------------------------------------------------------------------------------------------------------
# Edits of Python


def _edits_of(rule: str, findings: Sequence[Finding], project: Edited, folder: str) -> Recommendation | None:
    """Give the edits that cure findings of one rule, as one diff."""
    members: list[tuple[Finding, str]] = []
    done: list[Edits] = []
    before = project.texts
    for finding in findings:
        title = _edited(finding, project, done)
        if title is not None:
            members.append((finding, title))
    if not members:
        return None
    titles = list(dict.fromkeys(title for _, title in members))
    diff = Block("diff", _diff(before, project, folder))
    return Recommendation(_joined(rule, titles), tuple(finding for finding, _ in members), (diff,))


_NO_REVISION = "No revision can be written for it with certainty; this makes the model say what the database has."


def _of_last_resort(
    findings: Sequence[Finding], revisions: Mapping[str, Sequence[Sequence[Cure]]], project: Edited, folder: str
) -> Iterator[Recommendation]:
    """Give the edits that take back what somebody wrote, where no revision can make it true; and those of revisions."""
    waiting = [one for several in revisions.values() for cures in several for one, _ in cures]
    asked: list[tuple[Edits | None, list[Finding]]] = []
    for finding in findings:
        if _among(finding, waiting) or finding.difference is None:
            continue
        edit = model_edit(finding.difference, project.unedited)
        alike = next((several for edits, several in asked if edit is not None and edits == edit.edits), None)
        if alike is not None:
            alike.append(finding)
        else:
            asked.append((None if edit is None else edit.edits, [finding]))
    for _, several in asked:
        before = project.texts
        edit = None if several[0].difference is None else model_edit(several[0].difference, project)
        if edit is not None and project.apply(edit.edits):
            diff = Block("diff", _diff(before, project, folder))
            yield Recommendation(edit.title, tuple(several), (diff,), _NO_REVISION)
    yield from _of_history(findings, project, folder)


_NOTES = {
    "downgrade-not-inverse": "Rows are not brought back; where another way back is meant, write that.",
    "enum-leaked": "Where the revision also runs on databases without enum types, do it on PostgreSQL alone.",
    "existing-mismatch": "Databases that have run the revision stay as they are.",
    "model-import-in-migration": "What the mapper does beside, as `onupdate`, is not done any more.",
    "redundant-operation": "Only where nothing else was meant.",
}
_GRAPH = frozenset({"multiple-heads", "duplicate-revision"})
"""Rules whose cures change what the recommended revisions follow, or how they are numbered."""


def _of_history(findings: Sequence[Finding], project: Edited, folder: str) -> Iterator[Recommendation]:
    """Give the edits of revisions, where what is right is known: those of one rule as one diff."""
    before = project.texts
    members: list[Finding] = []
    titles: list[str] = []
    for finding in findings:
        if finding.difference is not None or finding.rule in _GRAPH:
            continue
        fix = next((one.build() for one in history_offers(finding, project) if not one.revision), None)
        if fix is not None and project.apply(fix.edits):
            members.append(finding)
            titles.append(fix.title)
    if members:
        title = titles[0] if len(titles) == 1 else _joined(members[0].rule, titles)
        diff = Block("diff", _diff(before, project, folder))
        yield Recommendation(title, tuple(members), (diff,), _NOTES.get(members[0].rule))


def _edited(finding: Finding, project: Edited, done: list[Edits]) -> str | None:
    """Make the edit that cures a finding, and give its title; None where there is none.

    `done`: the edits that were made for others, as of the unedited project, which get this one: a line that several
    models inherit is edited once, for all of them.
    """
    title, first = _edit_of(finding, project.unedited)
    if first is not None and first in done:
        return title
    title, edits = _edit_of(finding, project)
    if edits is None or not project.apply(edits):
        return None
    done.append(first if first is not None else edits)
    return title


def _edit_of(finding: Finding, project: Project) -> tuple[str, Edits | None]:
    """Give the title and the edits of the cure, where the model can be told what is there already."""
    if finding.rule == "model-not-imported":
        found = import_edit(finding, project)
        return ("", None) if found is None else (f"Import `{found[0]}` in env.py", found[1])
    difference = finding.difference
    edit = None if difference is None else model_edit(difference, project)
    return ("", None) if edit is None or edit.applicability != "safe" else (edit.title, edit.edits)


def _diff(before: Mapping[str, str], project: Edited, folder: str) -> str:
    """Write what changed since the texts were `before` (those that were not as they were then) as one unified diff."""
    return "".join(
        unified(before[path] if path in before else project.original(path), after, relative_to(path, folder))
        for path, after in project.texts.items()
    )


_SUBJECTS = {
    "extra-foreign-key": "foreign keys",
    "extra-check": "CHECK constraints",
    "extra-unique": "unique constraints",
    "extra-index": "indexes",
}


_OF_REVISIONS = {
    "enum-leaked": "Drop {} enum types where the revisions that made them are taken back",
    "empty-downgrade": "Fill in {} downgrades",
    "null-constraint-name": "Name {} constraints that a revision drops without a name",
    "batch-required": "Put {} operations into batches",
    "unknown-down-revision": "Let {} revisions follow one that there is",
    "unknown-depends-on": "Let {} revisions depend on ones that there are",
    "existing-mismatch": "Say in {} calls what the column is at that point",
    "downgrade-not-inverse": "Mend {} downgrades",
    "redundant-operation": "Remove {} operations that change nothing",
    "model-import-in-migration": "Declare the tables in place of {} imports of models",
}


def _joined(rule: str, titles: Sequence[str]) -> str:
    """Give one title for the edits that cure findings of one rule."""
    if len(titles) == 1:
        return titles[0]
    if rule in _SUBJECTS:
        return f"Declare {len(titles)} {_SUBJECTS[rule]} that the database has"
    if rule == "unique-kind-mismatch":
        return f"Declare {len(titles)} unique constraints and indexes as the database has them"
    if rule == "constraint-name-mismatch":
        return f"Give {len(titles)} constraints the names that they have in the database"
    if rule == "model-not-imported":
        return f"Import {len(titles)} modules in env.py"
    if rule in _OF_REVISIONS:
        return f"{_OF_REVISIONS[rule].format(len(titles))}"
    return f"Write {len(titles)} facts in the models as they are in the database"


# ---------------------------------------------------------------------------------------------------------------------
# Revisions


class _Chain:
    """Numbers the revisions that are recommended, each behind the one before; a first one merges several heads."""

    def __init__(self, project: Project) -> None:
        self._graph = project.graph
        self._taken: list[str] = []
        start = followed(project.graph)
        self._parent: str | Unknown | None = start
        self._merged: NewRevision | None = None
        heads = project.graph.heads
        if isinstance(start, Unknown) and len(heads) > 1 and broken(project.graph) is None:
            latest = max(heads, key=project.graph.order.index) if set(heads) <= set(project.graph.order) else heads[0]
            parents = tuple(sorted(heads))
            identifier = self._next(latest, "merge")
            self._merged = NewRevision(identifier, parents, f"merge {' and '.join(parents)}", Code("", ""))
            self._parent = identifier
        self._project = project

    def merge(self, findings: Sequence[Finding]) -> Recommendation | None:
        """Give the revision that merges the heads, where there are several."""
        if self._merged is None:
            return None
        reported = tuple(one for one in findings if one.rule == "multiple-heads")
        return Recommendation(
            f"Merge the heads {', '.join(f'`{one}`' for one in self._merged.down_revision or ())}",
            reported,
            (self._block(self._merged),),
            "Heads that are meant to stay apart need branch labels instead; the revisions below follow the merged one.",
        )

    def revisions(self, cures: Sequence[Cure], project: Edited, folder: str) -> Iterator[Recommendation]:
        """Give one revision that makes all the changes."""
        changes = in_order(change for _, several in cures for change in several)
        code = render(changes, project)
        if isinstance(code, Unknown):
            if len(cures) > 1:
                for cure in cures:
                    yield from self.revisions([cure], project, folder)
            return
        if isinstance(self._parent, Unknown):
            return
        text = title_of(changes)
        new = NewRevision(self._next(self._parent, f"{text}\0{code.upgrade}"), self._parent, text, code)
        self._parent = new.id
        blocks = [self._block(new)]
        before = project.texts
        for finding, several in cures:
            project.apply(check_edits(finding, several, project))
        if project.texts != before:
            blocks.append(Block("diff", _diff(before, project, folder)))
        said = describe(changes)
        yield Recommendation(
            f"{said[:1].upper()}{said[1:]}", tuple(finding for finding, _ in cures), tuple(blocks), _note(changes)
        )

    def _next(self, head: str | None, seed: str) -> str:
        numbered = head if head in self._graph.revisions else None
        made = next_id(self._graph, numbered, seed, self._taken)
        self._taken.append(made)
        return made

    def _block(self, new: NewRevision) -> Block:
        return Block("python", plain_revision(new), self._path(new))

    def _path(self, new: NewRevision) -> str:
        heads = self._graph.heads
        behind = replace(new, down_revision=heads[0] if heads else None)
        return revision_path(self._project, behind, None)


def _note(changes: Sequence[Change]) -> str | None:
    """Warn of what is lost: rows and values, or what guards them."""
    lost = [one for one in changes if isinstance(one, Drop) and isinstance(one.part, Column | Table)]
    if lost:
        what = "columns" if isinstance(lost[0].part, Column) else "tables"
        what = what[:-1] if len(lost) == 1 else what
        verb = "holds" if len(lost) == 1 else "hold"
        return f"This deletes what the {what} {verb}; map the {what} instead where that is still needed."
    again = {type(one.part) for one in changes if isinstance(one, Create)}
    dropped = [one.part for one in changes if isinstance(one, Drop)]
    unguarded = [
        one
        for one in dropped
        if isinstance(one, ForeignKey | CheckConstraint | UniqueConstraint) and type(one) not in again
    ]
    if not unguarded:
        return None
    keys = [f"`{key_text(one)}`" for one in unguarded if isinstance(one, ForeignKey)]
    what = ", ".join(keys) if len(keys) == len(unguarded) else "what it drops"
    return f"This takes away what guards the rows; where that is still meant, declare {what} in the model instead."


# ---------------------------------------------------------------------------------------------------------------------
# Tables without models


def _tables_without_models(findings: Sequence[Finding]) -> Iterator[Recommendation]:
    """Keep autogenerate from dropping the tables that are meant to have no model."""
    names = sorted(one.table for one in findings if one.table is not None)
    if not names:
        return
    listed = "".join(f'    "{name}",\n' for name in names)
    code = (
        f"TABLES_WITHOUT_MODELS = {{\n{listed}}}\n\n\n"
        "def include_object(object_, name, type_, reflected, compare_to):\n"
        '    """Leave the tables that are meant to have no model out of autogenerate."""\n'
        '    return not (type_ == "table" and reflected and object_.key in TABLES_WITHOUT_MODELS)\n\n\n'
        "# in env.py, in each call of context.configure(…):\n"
        "#     include_object=include_object,\n"
    )
    if len(names) == 1:
        title, note = "the table without a model", "Only where it is meant to have none; otherwise write the model."
    else:
        title = f"the {len(names)} tables without models"
        note = "Only where they are meant to have none; otherwise write the models."
    yield Recommendation(
        f"Keep `alembic revision --autogenerate` from dropping {title}",
        tuple(findings),
        (Block("python", code),),
        note,
    )
