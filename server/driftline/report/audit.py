"""The consistency audit of one Alembic environment, as data: computed here, told elsewhere (`report.markdown`).

Invariant: no Markdown in here, and nothing that is not in the analysis.

Example: `build_audit(analyse(environment, session, settings)).verdict`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from driftline.dataclass import dataclass, replace
from driftline.engine.analysis import Analysis
from driftline.engine.not_understood import uncompared
from driftline.fixes.recommend import Block, advise
from driftline.python.values import Unknown
from driftline.report.coverage import Coverage, coverage
from driftline.report.entry import SEVERITIES, Entry, Severity, entry_of
from driftline.report.growth import Growth, growth
from driftline.report.place import Place, Places
from driftline.report.tables import State, Step, TableAudit, audit_table, created_by, modified_by, state_of
from driftline.report.timeline import ConditionalTable, Revised, conditional_tables, said_of, timeline
from driftline.schema import Table
from driftline.sources.environment import ConfigProblem


@dataclass(frozen=True, slots=True)
class Counts:
    """What there is: mapped classes with a table, revisions, tables, and findings by severity."""

    models: int
    revisions: int
    declared: int
    migrated: int
    findings: Mapping[Severity, int]


@dataclass(frozen=True, slots=True)
class UnmodelledTable:
    """A migrated table that no model maps: how many columns it has, which tables it refers to, and what happened to it.

    `findings`: what is reported of it; () where it is meant to have no model.
    """

    key: str
    columns: int
    refers: tuple[str, ...]
    modified: tuple[Step, ...]
    findings: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class UnmodelledGroup:
    """Tables without a model that one revision created (None: none does)."""

    revision: str | None
    message: str
    place: Place | None
    tables: tuple[UnmodelledTable, ...]


@dataclass(frozen=True, slots=True)
class UnreachedModel:
    """A model that env.py's imports do not reach: the table, the class, and where it is."""

    table: str
    name: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Code to be shown; `path`: the file to be made of it, relative to the opened folder (None for a diff)."""

    language: str
    code: str
    path: str | None


@dataclass(frozen=True, slots=True)
class Recommended:
    """A cure: what it does (without a full stop, names in backticks), the worst severity it cures, and its code.

    `note`: what to think of first, as a sentence.
    """

    title: str
    severity: Severity
    findings: tuple[Entry, ...]
    blocks: tuple[CodeBlock, ...]
    note: str | None


@dataclass(frozen=True, slots=True)
class Audit:
    """Everything the audit says.

    `name`: the script location, relative to the opened folder. `heads`: the revisions it judges. `verdict`: of what
    could be compared; `coverage` tells how much that is.
    """

    name: str
    dialect: str
    heads: tuple[str, ...]
    counts: Counts
    verdict: State
    tables: tuple[TableAudit, ...]
    unmodelled: tuple[UnmodelledGroup, ...]
    conditional: tuple[ConditionalTable, ...]
    unreached: tuple[UnreachedModel, ...]
    findings: tuple[Entry, ...]
    recommendations: tuple[Recommended, ...]
    uncured: tuple[Entry, ...]
    timeline: tuple[Revised, ...]
    growth: Growth
    coverage: Coverage
    uncompared: int = 0
    """How many of the tables with a model could not be compared."""

    @property
    def whole(self) -> bool:
        """Whether the verdict rests on everything: all tables with a model were compared, and all was understood."""
        return self.coverage.whole and not self.uncompared


def build_audit(analysis: Analysis, elsewhere: Sequence[ConfigProblem] = ()) -> Audit:
    """Compute the audit of an analysis.

    `elsewhere`: what is wrong with other environments of the same folder, which are audited nowhere for it.
    """
    if analysis.known is not None:  # the audit tells of everything, and marks what has long been known
        analysis = replace(analysis, findings=(*analysis.findings, *analysis.known.findings))
    places = Places(analysis)
    entries = tuple(sorted((entry_of(one, places) for one in analysis.findings), key=_rank))
    tables = tuple(audit_table(one, analysis, places) for one in _in_reading_order(analysis))
    advice = advise(analysis.findings, analysis, places.folder)
    return Audit(
        analysis.environment.label,
        analysis.dialect,
        analysis.graph.heads,
        _counts(analysis, entries),
        _verdict(entries, tables),
        tables,
        tuple(_unmodelled(analysis, places)),
        conditional_tables(analysis, places),
        tuple(_unreached(analysis, places)),
        entries,
        tuple(
            Recommended(
                one.title,
                _worst(entry_of(finding, places) for finding in one.findings),
                tuple(entry_of(finding, places) for finding in one.findings),
                tuple(_block(block, places) for block in one.blocks),
                one.note,
            )
            for one in advice.recommendations
        ),
        tuple(sorted((entry_of(one, places) for one in advice.uncured), key=_rank)),
        timeline(analysis, places),
        growth(analysis),
        coverage(analysis, places, elsewhere),
        len(uncompared(analysis)),
    )


def _verdict(entries: Sequence[Entry], tables: Sequence[TableAudit]) -> State:
    """Judge everything; where nothing was compared, that nothing was found proves nothing."""
    compared = any(one.state is not State.NOT_COMPARED for one in tables)
    return state_of(entries) if entries or compared else State.NOT_COMPARED


def _counts(analysis: Analysis, entries: Iterable[Entry]) -> Counts:
    severities = Counter(one.severity for one in entries)
    return Counts(
        sum(one.reached and one.table is not None for one in analysis.declared.classes),
        len(analysis.graph.revisions),
        len(analysis.declared.schema.tables),
        len(analysis.migrated.schema.tables),
        {severity: severities[severity] for severity in SEVERITIES},
    )


def _in_reading_order(analysis: Analysis) -> list[Table]:
    """Give the declared tables in the order in which the migrations made them, those that none made last."""
    order = {key: index for index, key in enumerate(analysis.migrated.schema.tables)}
    tables = analysis.declared.schema.tables
    return sorted(tables.values(), key=lambda one: order.get(one.key, len(order)))


def _unmodelled(analysis: Analysis, places: Places) -> Iterable[UnmodelledGroup]:
    groups: dict[str | None, list[UnmodelledTable]] = {}
    for key, table in analysis.migrated.schema.tables.items():
        if key in analysis.declared.schema.tables:
            continue
        created = created_by(analysis, key, places)
        refers = dict.fromkeys(
            str(one.referred_table) for one in table.foreign_keys if not isinstance(one.referred_table, Unknown)
        )
        groups.setdefault(None if created is None else created[0], []).append(
            UnmodelledTable(
                key,
                len(table.columns),
                tuple(refers),
                modified_by(analysis, key, places),
                tuple(entry_of(one, places) for one in analysis.findings if one.table == key),
            )
        )
    order = {revision: index for index, revision in enumerate(analysis.graph.order)}
    for revision in sorted(groups, key=lambda one: order.get(one or "", -1)):
        known = analysis.graph.revisions.get(revision or "")
        message = "" if known is None else said_of(known)
        place = None if known is None else places.of(known.origin) or Place(places.relative(known.path), 1)
        yield UnmodelledGroup(revision, message, place, tuple(groups[revision]))


def _unreached(analysis: Analysis, places: Places) -> Iterable[UnreachedModel]:
    for key, table in analysis.declared.unreached.items():
        mapped = next((one for one in analysis.declared.classes if one.table == key and not one.reached), None)
        name = table.name if mapped is None else mapped.name
        yield UnreachedModel(key, name, places.of(table.origin if mapped is None else mapped.origin))


def _rank(entry: Entry) -> tuple[int, int, str, str, str]:
    """The worst first; of these the drift, then what is wrong with the history, then with its way back."""
    kind = 2 if entry.backwards else entry.group != "drift"
    return SEVERITIES.index(entry.severity), kind, entry.rule, entry.table or "", entry.item or ""


def _worst(entries: Iterable[Entry]) -> Severity:
    return min((one.severity for one in entries), key=SEVERITIES.index, default="NOTE")


def _block(block: Block, places: Places) -> CodeBlock:
    return CodeBlock(block.language, block.code, None if block.path is None else places.relative(block.path))
