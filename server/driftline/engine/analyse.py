"""The stages in their order, from an environment to its finished analysis.

Each is a function of a `Work` and asks those before it for what it needs, so that a command runs only the stages it
prints: `declared(work)` reads no revision for `driftline schema models`.

Example: `analyse(environment, session, settings, folder="/p").findings`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from driftline.engine.analysis import Analysis
from driftline.engine.places import Places, place_of
from driftline.engine.suppressions import Suppressions, read_suppressions
from driftline.sources.import_roots import find_site_packages
from driftline.sources.paths import relative_to
from driftline.sources.source import FileText, Source, Unreadable

if TYPE_CHECKING:
    from driftline.compare.difference import Difference
    from driftline.engine.session import Session
    from driftline.engine.settings import Settings
    from driftline.migrations.graph import Graph
    from driftline.migrations.history import Migrated
    from driftline.models.declared import Declared
    from driftline.python.modules import Modules
    from driftline.python.values import Unknown
    from driftline.rules.finding import Finding
    from driftline.sources.environment import Environment


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be analysed. `folder`: the opened folder (absolute), that places are shown relative to.

    `at`: the revision up to which the migrations count; None for the heads.
    """

    environment: Environment
    session: Session
    settings: Settings
    folder: str
    at: str | None = None

    @property
    def key(self) -> str:
        """What the environment's results are remembered by."""
        return f"{self.environment.script_location}:{self.environment.name}"


def graph(work: Work) -> Graph:
    """Read the revision graph."""
    from driftline.migrations.graph_reader import read_graph

    environment, parse = work.environment, work.session.parse
    return work.session.stage("graph", work.key, (environment,), lambda source: read_graph(environment, source, parse))


def dialect(work: Work) -> str:
    """Give the name of the dialect: what the settings say, else what the project does."""
    return work.settings.dialect or declared(work).schema.dialect


def declared(work: Work) -> Declared:
    """Read the declared schema."""
    from driftline.models.reader import ModelSettings, read_models

    environment, settings = work.environment, work.settings
    options = ModelSettings(settings.dialect, settings.assume, settings.models)
    return work.session.stage(
        "models",
        work.key,
        (environment, options, _packages(work)),
        lambda source: read_models(environment, _modules(work, source), options),
    )


def migrated(work: Work) -> Migrated:
    """Replay the migrations."""
    from driftline.migrations.replay import replay

    environment, revisions, models = work.environment, graph(work), declared(work)
    name = models.schema.dialect
    return work.session.stage(
        "replay",
        _key_at(work),
        (environment, revisions, models, name, _packages(work)),
        lambda source: replay(revisions, environment, _modules(work, source), name, models, at=work.at),
    )


def differences(work: Work) -> Mapping[str, tuple[Difference, ...]]:
    """Compare the declared with the migrated schema, by table key."""
    from driftline.compare.compare import compare

    models, history = declared(work), migrated(work)
    name = models.schema.dialect
    return work.session.stage(
        "compare", _key_at(work), (models, history, name), lambda _source: compare(models, history, name)
    )


def findings(work: Work) -> tuple[Finding, ...]:
    """Run the rules that the settings select, at their levels. Comments in files have not silenced any yet."""
    from driftline.rules.rule import Context
    from driftline.rules.run import run_rules

    environment, settings = work.environment, work.settings
    models, history, revisions, drift = declared(work), migrated(work), graph(work), differences(work)
    context = Context(
        models, history, revisions, drift, environment.env_path, environment.config_path, settings.options
    )
    chosen = (settings.select, settings.ignore, settings.severity, settings.options)
    return work.session.stage(
        "rules",
        _key_at(work),
        (environment, models, history, revisions, drift, chosen),
        lambda _source: run_rules(context, settings.selects, settings.level),
    )


def analyse(
    environment: Environment, session: Session, settings: Settings, at: str | None = None, *, folder: str | None = None
) -> Analysis:
    """Run every stage for an environment.

    `at`: the revision up to which the migrations count (default: the heads). `folder`: the opened folder (absolute),
    that places are shown relative to (default: the environment's root).
    """
    return analysis(Work(environment, session, settings, folder or environment.root, at))


def analysis(work: Work) -> Analysis:
    """Run every stage. Findings come after settings and silencing comments, ordered by place."""
    session = work.session
    places = Places(session.source, session.parse)
    models, history, revisions = declared(work), migrated(work), graph(work)
    whole = Analysis(
        environment=work.environment,
        dialect=models.schema.dialect,
        declared=models,
        migrated=history,
        graph=revisions,
        differences=differences(work),
        findings=findings(work),
        unknown=tuple(_unknown(models.unknown, history.unknown, revisions.unknown)),
        locate=places.locate,
        locate_in=places.locate_in,
        source=session.source,
        syntax=places.syntax,
        folder=work.folder,
    )
    return replace(whole, findings=_shown(whole, work))


def unreadable(work: Work) -> tuple[Unreadable, ...]:
    """Give the files that are there, that the graph or the declared schema rest on, and that could not be read."""
    source = work.session.source
    models, revisions = declared(work), graph(work)
    needed = {work.environment.env_path, *models.reads}
    asked = dict(work.session.trace_of("models", work.key).reads)
    asked = {path: answer for path, answer in asked.items() if path in needed}
    asked.update(work.session.trace_of("graph", work.key).reads)
    known = {one.path for one in revisions.revisions.values()}
    return tuple(
        Unreadable(path, answer)
        for path, answer in sorted(asked.items())
        if isinstance(answer, str) and path not in known and source.is_file(path)
    )


# ---------------------------------------------------------------------------------------------------------------------
# Parts


def _key_at(work: Work) -> str:
    return f"{work.key}@{work.at or 'heads'}"


def _packages(work: Work) -> tuple[str, ...]:
    """The folders of installed packages that the project sees."""
    folder, named = work.environment.root, work.settings.virtual_environment
    return work.session.stage(
        "packages", work.key, (folder, named), lambda source: find_site_packages(folder, source, named)
    )


def _modules(work: Work, source: Source) -> Modules:
    """The project's modules as seen through `source`, which takes note of each query."""
    from driftline.python.modules import Modules

    return Modules(source, work.environment.import_roots, work.session.parse, _packages(work))


def _unknown(*parts: Iterable[Unknown]) -> Iterator[Unknown]:
    """What could not be read, each place and reason once."""
    seen: set[tuple[object, str]] = set()
    for one in (unknown for part in parts for unknown in part):
        if (one.origin, one.reason) not in seen:
            seen.add((one.origin, one.reason))
            yield one


def _shown(whole: Analysis, work: Work) -> tuple[Finding, ...]:
    """The findings that nothing silences, ordered by place."""
    silenced = partial(_silenced, whole, work, {})
    kept = [(_order(one, whole, work), one) for one in whole.findings if not silenced(one)]
    return tuple(one for _, one in sorted(kept, key=lambda pair: pair[0]))


def _order(finding: Finding, whole: Analysis, work: Work) -> tuple[str, int, int, str, str]:
    place = place_of(finding, whole)
    return relative_to(place.path, work.folder), place.line, place.column, finding.rule, finding.message


def _silenced(whole: Analysis, work: Work, comments: dict[str, Suppressions], finding: Finding) -> bool:
    """Whether `per-file-ignores` or a comment silences a finding. `comments` are those read so far, by path."""
    place = place_of(finding, whole)
    if work.settings.ignores_in(place.path, finding.rule, finding.group):
        return True
    if place.path not in comments:
        file = work.session.source.read(place.path)
        comments[place.path] = read_suppressions(place.path, file.text if isinstance(file, FileText) else "")
    return comments[place.path].silence(finding.rule, place.line, place.end_line)
