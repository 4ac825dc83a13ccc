"""Which findings are shown: those that no setting, no comment and no baseline holds back, ordered by place.

And which comments hold back nothing (`unused-ignore`). That is only said where it is sure: the rule ran for that file,
everything that bears on it was read, and no other environment may need the comment.

Example: `shown(whole, settings, baseline, alone=True).findings`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from operator import itemgetter
from typing import TYPE_CHECKING

from driftline.dataclass import dataclass, replace
from driftline.engine.analysis import Analysis, Known
from driftline.engine.baseline import Baseline, environment_name, split, stale
from driftline.engine.nearest import unknown
from driftline.engine.places import INSTALLED, place_of
from driftline.engine.setting_value import rule_words
from driftline.engine.suppressions import EVERY_RULE, Ignore, lines_of, read_ignores
from driftline.python.origin import Origin
from driftline.python.syntax import comment_site
from driftline.rules import RULES, unused_ignore
from driftline.schema.unknown_facts import unknown_facts_of_table
from driftline.sources.paths import is_within, relative_to
from driftline.sources.source import FileText, changed_since

if TYPE_CHECKING:
    from driftline.engine.analysis import Location
    from driftline.engine.settings import Settings
    from driftline.rules.finding import Finding
    from driftline.rules.rule import Rule
    from driftline.schema import Table
    from driftline.sources.source import Source
    from driftline.text import Span


@dataclass(frozen=True, slots=True)
class _Judged:
    """A finding, with its place in the order of all.

    `silenced`: by what, as (path, start of the comment, name in it). `held_back`: by these, or by the settings.
    `paths`: the files that this rests on.
    """

    finding: Finding
    order: tuple[str, int, int, str, str]
    silenced: tuple[tuple[str, int, str], ...]
    held_back: bool
    paths: frozenset[str]


class Ignores:
    """The comments of each file, kept from one run to the next; only what may have changed is looked at again."""

    def __init__(self) -> None:
        """Start with nothing kept."""
        self._known: dict[str, tuple[bytes, tuple[Ignore, ...]]] = {}
        self._current: dict[str, tuple[Ignore, ...]] = {}
        self._commented: set[str] = set()
        """The files among these that have some."""
        self._source: Source | None = None
        self._setting: object = None
        self._judged: dict[int, _Judged] = {}
        """By the identity of each finding, what its files say of it."""

    def look_into(self, source: Source | None) -> None:
        """Give those of the files of `source` from now on."""
        before, self._source = self._source, source
        among = None if source is None or before is None else changed_since(source, before)
        if among is None:
            self._current, self._judged, self._commented = {}, {}, set()
            return
        for path in among:
            self._current.pop(path, None)
            self._commented.discard(path)
        if among:
            self._judged = {key: one for key, one in self._judged.items() if among.isdisjoint(one.paths)}

    def judge(self, findings: Iterable[Finding], judge: Callable[[Finding], _Judged], setting: object) -> list[_Judged]:
        """Give what `judge` gives of each finding, in order; asked only where its files or the `setting` are others."""
        known = self._judged if self._setting == setting else {}
        found = [known.get(id(one)) or judge(one) for one in findings]
        self._judged, self._setting = {id(one.finding): one for one in found}, setting
        return found

    def of(self, path: str) -> tuple[Ignore, ...]:
        """Give the silencing comments of the file at `path`: none of what is installed, or cannot be read."""
        found = self._current.get(path)
        if found is None:
            file = None if any(part in path for part in INSTALLED) else self.file(path)
            found = self._current[path] = () if file is None else self._of(file)
            if found:
                self._commented.add(path)
        return found

    def commented(self, paths: AbstractSet[str]) -> list[str]:
        """Give those of `paths` that have such comments, sorted."""
        for path in paths - self._current.keys():
            self.of(path)
        return sorted(self._commented & paths)

    def file(self, path: str) -> FileText | None:
        """Give the file at `path`; None where there is none that can be read."""
        source = self._source
        file = source.read(path) if source is not None and not source.is_dir(path) else None
        return file if isinstance(file, FileText) else None

    def _of(self, file: FileText) -> tuple[Ignore, ...]:
        known = self._known.get(file.path)
        if known is None or known[0] != file.digest:
            known = self._known[file.path] = file.digest, read_ignores(file.path, file.text)
        return known[1]


def shown(
    whole: Analysis,
    settings: Settings,
    baseline: Baseline | None,
    *,
    judging: bool,
    alone: bool,
    ignores: Ignores | None = None,
) -> Analysis:
    """Give `whole` with the findings that are shown, and those that the baseline knows.

    `judging`: whether comments that silence nothing are looked for. `alone`: the project has no other environment.
    `ignores`: the comments that earlier runs have read.
    """
    read = ignores or Ignores()
    read.look_into(whole.source)
    silence = _Silence(whole, settings, read)
    judged = read.judge(whole.findings, silence.judge, (settings, whole.environment, whole.folder))
    kept = [(one.order, at, one.finding) for at, one in enumerate(judged) if not one.held_back]
    if judging and settings.selects(unused_ignore.RULE):
        used = {one for finding in judged for one in finding.silenced}
        unused = silence.unused(used, alone=alone)
        kept += [(_order(one, place_of(one, whole), whole), len(judged) + at, one) for at, one in enumerate(unused)]
    findings = tuple(one for _, _, one in sorted(kept, key=itemgetter(0, 1)))
    if baseline is None:
        return replace(whole, findings=findings)
    name = environment_name(whole.environment, baseline.path)
    new, known = split(findings, baseline, name)
    gone = stale(known, baseline, name, _that_ran(baseline, settings))
    return replace(whole, findings=new, known=Known(baseline.path, known, sum(gone.counts.values())))


def _that_ran(baseline: Baseline, settings: Settings) -> Iterator[str]:
    """The rules of a baseline that ran, and those that there are no more."""
    rules = {rule.name: rule for rule in RULES}
    for name in {one.rule for one in baseline.counts}:
        if name not in rules or settings.selects(rules[name]):
            yield name


def _order(finding: Finding, place: Location, whole: Analysis) -> tuple[str, int, int, str, str]:
    return relative_to(place.path, whole.folder or ""), place.line, place.column, finding.rule, finding.message


@dataclass(slots=True)
class _Silence:
    """The comments of the files that were read so far."""

    whole: Analysis
    settings: Settings
    read: Ignores

    def judge(self, finding: Finding) -> _Judged:
        """Say whether `per-file-ignores` or comments silence a finding: all comments that do."""
        place = place_of(finding, self.whole)
        origins = (finding.origin, *(one.origin for one in finding.related))
        paths = frozenset((place.path, *(path for one in origins for path in one.paths)))
        order = _order(finding, place, self.whole)
        if self.settings.ignores_in(place.path, finding.rule, finding.group):
            return _Judged(finding, order, (), held_back=True, paths=paths)
        silenced = tuple(
            (path, ignore.span.start, name)
            for path, ignore in self._about(finding, place)
            for name in ignore.naming(finding.rule, finding.group)
        )
        return _Judged(finding, order, silenced, bool(silenced), paths)

    def unused(self, used: Collection[tuple[str, int, str]], *, alone: bool) -> Iterator[Finding]:
        """Give the findings about names in comments that have silenced nothing. `used`: those that have."""
        for path in self.read.commented(self._files(alone=alone)):
            syntax = self.whole.syntax(path)  # parsing is dear, and comments are rare
            if syntax is None or (path.endswith(".py") and syntax.problem is not None):
                continue
            sure = _is_sure(self.whole, path)
            for ignore in self.read.of(path):
                unused = tuple(
                    name
                    for name in ignore.names or (EVERY_RULE,)
                    if (path, ignore.span.start, name) not in used and self._is_judged(name, path, sure=sure)
                )
                found = self._unused(path, ignore, unused) if unused else None
                if found is not None:
                    yield found

    def _unused(self, path: str, ignore: Ignore, names: tuple[str, ...]) -> Finding | None:
        rule = unused_ignore.RULE
        explicit = [one for one in self.read.of(path) if rule.name in one.names]
        if self.settings.ignores_in(path, rule.name, rule.group.value) or any(
            one.everywhere or one.line == ignore.line for one in explicit
        ):
            return None
        text = self._text(path)
        words = rule_words()
        strange = {name: unknown("rule", name, words) for name in names if name not in words}
        comment = text[ignore.span.start : ignore.span.end]
        origin = Origin((comment_site(path, text, ignore.span),))
        return unused_ignore.found(comment, origin, self.settings.level(rule) or rule.level, names, strange)

    def _is_judged(self, name: str, path: str, *, sure: bool) -> bool:
        """Whether a name that has silenced nothing is known to be of no use."""
        if name == unused_ignore.NAME:
            return False
        if name not in rule_words():
            return True
        return sure and all(
            self.settings.selects(rule) and not self.settings.ignores_in(path, rule.name, rule.group.value)
            for rule in RULES
            if rule is not unused_ignore.RULE and _is_called(rule, name) and (rule.on or rule.name == name)
        )

    def _about(self, finding: Finding, place: Location) -> Iterator[tuple[str, Ignore]]:
        """The comments that speak of a finding, with their files."""
        yield from ((place.path, one) for one in self.read.of(place.path) if one.everywhere)
        for path, span in {(place.path, place.span): None, **dict.fromkeys(self._sites(finding))}:
            ignores = [one for one in self.read.of(path) if not one.everywhere]
            lines = self._lines(path, span) if ignores else frozenset()
            yield from ((path, one) for one in ignores if one.line in lines)

    def _sites(self, finding: Finding) -> Iterator[tuple[str, Span]]:
        """Every node that a finding rests on, in both halves, in files that have comments."""
        for origin in (finding.origin, *(one.origin for one in finding.related)):
            for site in origin.sites if any(map(self.read.of, origin.paths)) else ():
                syntax = self.whole.syntax(site.path) if self.read.of(site.path) else None
                span = syntax.span_of(site) if syntax is not None else None
                if span is not None:
                    yield site.path, span

    def _lines(self, path: str, span: Span) -> frozenset[int]:
        syntax = self.whole.syntax(path)
        if syntax is None:
            return frozenset()
        if path.endswith((".py", ".pyi")):
            return lines_of(syntax, span)
        return frozenset(range(syntax.index.line_of(span.start) + 1, syntax.index.line_of(span.end) + 2))

    def _text(self, path: str) -> str:
        file = self.read.file(path)
        return "" if file is None else file.text

    def _files(self, *, alone: bool) -> set[str]:
        """The files whose comments are this environment's to judge: of a file that several read, none is."""
        whole, environment = self.whole, self.whole.environment
        own = {one.path for one in whole.graph.revisions.values()}
        shared = {*whole.declared.reads, *whole.migrated.reads}
        if alone:
            own |= shared | {one for one in (environment.config_path, environment.env_path) if one is not None}
        else:
            own |= {one for one in shared if is_within(one, environment.script_location)}
        return own


def _is_called(rule: Rule, name: str) -> bool:
    return name in (rule.name, rule.group.value, EVERY_RULE)


def _is_sure(whole: Analysis, path: str) -> bool:
    """Whether everything is known that bears on what could be found in the file at `path`."""
    declared, migrated, graph = whole.declared, whole.migrated, whole.graph
    if declared.schema.incomplete or migrated.schema.incomplete or migrated.incomplete is not None or graph.unknown:
        return False
    if any(path in one.origin.paths for one in whole.unknown):
        return False
    for key in _tables(whole, path):
        halves = (declared.schema.tables.get(key), declared.unreached.get(key), migrated.schema.tables.get(key))
        if key in migrated.unseen or any(half is not None and _has_gaps(half) for half in halves):
            return False
    return True


def _has_gaps(table: Table) -> bool:
    return not table.known_in_full or next(unknown_facts_of_table(table), None) is not None


def _tables(whole: Analysis, path: str) -> set[str]:
    """The tables that a file has a part in."""

    def stated(origins: Iterable[Origin]) -> bool:
        return any(origin.within(path) is not None for origin in origins)

    found = {one.table for one in whole.declared.classes if one.path == path and one.table is not None}
    for tables in (whole.declared.schema.tables, whole.declared.unreached):
        found |= {key for key, one in tables.items() if stated((one.origin, *(part.origin for part in one.columns)))}
    for key, events in whole.migrated.timelines.items():
        if stated(event.operation.origin for event in events):
            found.add(key)
    return found
