"""The stages in their order, from an environment to its finished analysis.

Each is a function of a `Work` and asks those before it for what it needs, so that a command runs only the stages it
prints: `declared(work)` reads no revision for `driftline schema models`.

Example: `analyse(environment, session, settings, folder="/p").findings`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial
from operator import is_
from typing import TYPE_CHECKING

from driftline.dataclass import dataclass, replace
from driftline.engine.analysis import Analysis
from driftline.engine.baseline import Baseline, baseline_path, read_baseline
from driftline.engine.places import Places
from driftline.sources.environment import ConfigProblem
from driftline.sources.import_roots import find_site_packages
from driftline.sources.paths import folder_of
from driftline.sources.source import FileText, Unreadable, changed_since, is_closed
from driftline.sources.version_folders import folders_for, names_dialects
from driftline.text import Span

if TYPE_CHECKING:
    from driftline.compare.difference import Difference
    from driftline.engine.session import Session
    from driftline.engine.settings import Settings
    from driftline.migrations.contents import Contents
    from driftline.migrations.downgrades import Downgrade
    from driftline.migrations.evaluations import Evaluations
    from driftline.migrations.graph import Graph
    from driftline.migrations.history import Migrated
    from driftline.models.declared import Declared
    from driftline.models.reader import ModelSettings
    from driftline.python.modules import Modules
    from driftline.python.values import Unknown
    from driftline.rules.finding import Finding
    from driftline.sources.environment import Environment
    from driftline.sources.source import Source


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be analysed. `folder`: the opened folder (absolute), that places are shown relative to.

    `at`: the revision up to which the migrations count; None for the heads. `alone`: the folder has no other one.
    """

    environment: Environment
    session: Session
    settings: Settings
    folder: str
    at: str | None = None
    alone: bool = True

    @property
    def key(self) -> str:
        """What the environment's results are remembered by."""
        return f"{self.environment.script_location}:{self.environment.name}"


def graph(work: Work) -> Graph:
    """Read the revision graph."""
    from driftline.migrations.graph_reader import RevisionFiles, read_graph

    environment, parse = work.environment, work.session.parse
    if environment.found_locations and names_dialects(environment.version_locations, environment.script_location):
        kept = folders_for(environment.version_locations, environment.script_location, dialect(work))
        environment = replace(environment, version_locations=kept)
    kept_files, packages = work.session.memory(RevisionFiles, work.key), _packages(work)
    return work.session.stage(
        "graph",
        work.key,
        (environment, packages),
        lambda source: read_graph(environment, source, parse, files=kept_files, packages=packages),
        follows=True,
    )


def dialect(work: Work) -> str:
    """Give the name of the dialect: what the settings say, else what the project does."""
    return work.settings.dialect or declared(work).schema.dialect


def declared(work: Work) -> Declared:
    """Read the declared schema."""
    from driftline.models.reader import Kept, read_models

    session, environment, options, kept = work.session, work.environment, _model_settings(work), None
    if session.has("models", work.key):  # whoever runs once keeps nothing
        kept = session.memory(Kept, work.key)
        kept.modules.ran = partial(session.began, "module")
    result = session.stage(
        "models",
        work.key,
        (environment, options, _packages(work)),
        lambda source: read_models(environment, _modules(work, source), options, kept),
        follows=True,
    )
    if kept is not None and kept.modules.has_taken_over:
        session.unsure.add(("models", work.key))
    else:
        session.unsure.discard(("models", work.key))
    return result


def declared_again(work: Work) -> bool:
    """Read the declared schema from scratch, noting all for the next edit. To be called where it `is_due`.

    Gives whether it came out otherwise than it was; the new one counts then.
    """
    from driftline.models.alike import are_alike
    from driftline.models.reader import Kept, read_models

    session, options, kept = work.session, _model_settings(work), Kept()
    held = session.again(
        "models",
        work.key,
        lambda source: read_models(work.environment, _modules(work, source), options, kept),
        are_alike,
    )
    session.keep(Kept, work.key, kept)
    return not held


def is_due(work: Work, shown: Collection[str]) -> bool:
    """Whether the declared schema should be read from scratch, when there is time for it.

    The last reading has taken something over from the one before it, or has left nothing to be taken over while a file
    that it rests on is open: notes take room, and who edits no models needs none. `shown`: the open files' paths.
    """
    from driftline.models.reader import Kept

    session = work.session
    if not session.is_current("models", work.key):
        return False
    if ("models", work.key) in session.unsure:
        return True
    rests_on = session.trace_of("models", work.key).parsed
    return not session.memory(Kept, work.key).noted and not rests_on.isdisjoint(shown)


def _model_settings(work: Work) -> ModelSettings:
    from driftline.models.reader import ModelSettings

    settings = work.settings
    return ModelSettings(settings.dialect, settings.assume, settings.models, settings.x_arguments)


def migrated(work: Work) -> Migrated:
    """Replay the migrations."""
    from driftline.migrations.replay import replay

    environment, revisions, models = work.environment, graph(work), declared(work)
    name, kept = models.schema.dialect, _evaluations(work)
    return work.session.stage(
        "replay",
        _key_at(work),
        (environment, revisions, models, name, _packages(work)),
        lambda source: replay(
            revisions, environment, _modules(work, source), name, models, at=work.at, evaluations=kept
        ),
        follows=True,
    )


def differences(work: Work) -> Mapping[str, tuple[Difference, ...]]:
    """Compare the declared with the migrated schema, by table key."""
    from driftline.compare.compare import Pairs, compare

    models, history = declared(work), migrated(work)
    name = models.schema.dialect
    pairs = work.session.memory(Pairs, _key_at(work))
    pairs.compared = partial(work.session.began, "pair")
    return work.session.stage(
        "compare", _key_at(work), (models, history, name), lambda _source: compare(models, history, name, pairs)
    )


def contents(work: Work) -> Mapping[str, Contents]:
    """Read what the files of the revisions say at a glance."""
    from driftline.migrations.contents import Looked, read_contents

    revisions, parse = graph(work), work.session.parse
    kept = work.session.memory(Looked, work.key)
    return work.session.stage(
        "contents", work.key, (revisions,), lambda source: read_contents(revisions, source, parse, kept), follows=True
    )


def downgrades(work: Work) -> Mapping[str, Downgrade]:
    """Replay the downgrade of each revision from the state after its upgrade."""
    from driftline.migrations.downgrades import replay_downgrades

    environment, revisions, models, history = work.environment, graph(work), declared(work), migrated(work)
    said, kept = contents(work), _evaluations(work)
    return work.session.stage(
        "downgrades",
        _key_at(work),
        (environment, revisions, models, history, said, _packages(work)),
        lambda source: replay_downgrades(revisions, environment, _modules(work, source), models, history, said, kept),
        follows=True,
    )


def findings(work: Work) -> tuple[Finding, ...]:
    """Run the rules that the settings select, at their levels. Comments in files have not silenced any yet."""
    from driftline.rules.rule import Context
    from driftline.rules.run import Judged, run_rules

    environment, settings = work.environment, work.settings
    models, history, revisions, drift = declared(work), migrated(work), graph(work), differences(work)
    said, back = contents(work), downgrades(work)
    context = Context(
        models, history, revisions, drift, environment.env_path, environment.config_path, settings.options, said, back
    )
    judged = work.session.memory(Judged, _key_at(work))
    judged.asked = partial(work.session.began, "rule")
    chosen = (settings.select, settings.ignore, settings.severity, settings.options)
    return work.session.stage(
        "rules",
        _key_at(work),
        (environment, models, history, revisions, drift, said, back, chosen),
        lambda _source: run_rules(context, settings.selects, settings.level, judged=judged),
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
    """Run every stage. Findings come after settings, silencing comments and the baseline, ordered by place."""
    from driftline.compare.left_out import left_open
    from driftline.engine.shown import Ignores, shown  # the rules are many modules: whoever prints a schema needs none

    session = work.session
    looked = session.memory(_Looked, _key_at(work))
    places = looked.places = Places(session.source, session.parse, looked.places)
    models, history, revisions = declared(work), migrated(work), graph(work)
    whole = Analysis(
        environment=work.environment,
        dialect=models.schema.dialect,
        declared=models,
        migrated=history,
        graph=revisions,
        differences=differences(work),
        findings=findings(work),
        unknown=tuple(_unknown(models.unknown, history.unknown, revisions.unknown, left_open(models, history))),
        locate=places.locate,
        locate_in=places.locate_in,
        source=session.source,
        syntax=places.syntax,
        folder=work.folder,
        downgrades=downgrades(work),
    )
    baseline = _baseline(work)
    if isinstance(baseline, ConfigProblem):
        whole, baseline = replace(whole, problems=(baseline,)), None
    ignores = session.memory(Ignores, work.key)
    return shown(whole, work.settings, baseline, judging=work.at is None, alone=work.alone, ignores=ignores)


def unreadable(work: Work, *, revisions: bool = True) -> tuple[Unreadable, ...]:
    """Give the files and folders that are there, that could not be read, and that the declared schema rests on.

    `revisions`: or the graph.
    """
    source = work.session.source
    models = declared(work)
    needed = {work.environment.env_path, *models.reads}
    stages = ("models", "graph") if revisions else ("models",)
    made = models, graph(work) if revisions else None
    traces = [work.session.trace_of(name, work.key) for name in stages]
    asking = [(one.listings, one.files, one.folders) for one in traces]
    kept = work.session.memory(_Readable, f"{work.key} {revisions}")
    if kept.source is not None and all(map(is_, kept.made, made)) and kept.asking == asking:
        among = changed_since(source, kept.source)
        if among is not None and among.isdisjoint(needed):
            kept.source = source
            return kept.found
    asked = {path: answer for path, answer in traces[0].reads.items() if path in needed}
    known: set[str] = set()
    if revisions:
        known = {one.path for one in graph(work).revisions.values()}
        asked.update(traces[1].reads)
    folders = _folders_looked_into(work, stages)
    found = {
        path: answer
        for path, answer in asked.items()
        if isinstance(answer, str) and path not in known and source.is_file(path)
    }
    found |= {path: why for path in needed if path is not None and (why := _no_program(work.session, path)) is not None}
    found |= dict.fromkeys((one for one in folders if is_closed(source, one)), "permission to look into it is denied")
    kept.source, kept.made, kept.asking = source, made, asking
    kept.found = tuple(Unreadable(path, why) for path, why in sorted(found.items()))
    return kept.found


@dataclass(slots=True)
class _Looked:
    """Where origins were found the last time."""

    places: Places | None = None


@dataclass(slots=True)
class _Readable:
    """What could not be read the last time, of which source; and what else that rests on."""

    source: Source | None = None
    made: tuple[object, ...] = (None, None)
    asking: object = None
    found: tuple[Unreadable, ...] = ()


def _folders_looked_into(work: Work, stages: tuple[str, ...]) -> set[str]:
    """Give the folders that were listed for the stages, and those in which they looked for something."""
    found = {work.environment.script_location}
    for name in stages:
        trace = work.session.trace_of(name, work.key)
        found.update(trace.listings)
        found.update(folder_of(path) for path in (*trace.files, *trace.folders))
    return found


def _no_program(session: Session, path: str) -> str | None:
    """Say why Python would not begin to read a file, so that nothing of it is known; None where it would."""
    if not path.endswith(".py"):  # data that the program reads
        return None
    file = session.source.read(path)
    if not isinstance(file, FileText) or (path, file.digest) in session.sound:
        return None
    syntax = session.parse(file)
    if syntax.problem is None or syntax.tree.body:
        return None
    return syntax.problem.message if "\0" in file.text or syntax.problem.span == _NOWHERE else None


_NOWHERE = Span(0, 0)
"""Where the problem is of a file that is nested too deeply, or is no text of a program."""


# ---------------------------------------------------------------------------------------------------------------------
# Parts


def _key_at(work: Work) -> str:
    return f"{work.key}@{work.at or 'heads'}"


def _evaluations(work: Work) -> Evaluations:
    """What following the revisions gave before."""
    from driftline.migrations.evaluations import Evaluations

    kept = work.session.memory(Evaluations, work.key)
    kept.followed = partial(work.session.began, "revision")
    for one in kept.passes:
        one.applied = partial(_applied, work.session)
    return kept


def _applied(session: Session, revision: str, tables: Iterable[str]) -> None:
    session.began("apply", revision)
    for table in tables:
        session.began("table", table)


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


def _baseline(work: Work) -> Baseline | ConfigProblem | None:
    """What is known of an old project's findings; of the history up to some revision, nothing is."""
    if not work.settings.uses_baseline or work.at is not None:
        return None
    settings, root = work.settings, work.environment.root
    return work.session.stage(
        "baseline",
        work.key,
        (settings.baseline, settings.folder, root),
        lambda source: read_baseline(baseline_path(settings, root, source), source),
    )
