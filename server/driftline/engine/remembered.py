"""What was worked out of an environment, on disk, for the next process: after an edit, little is done again.

Kept are what each revision file says and what following it gave, and the declared schema, with all that they rest on.
A file is taken over where its text is the one from then; the declared schema where every query of it has the same
answer, and the modules are the same programs as in the texts that are kept with it. That is for the session and
`Evaluations` to find out, as after any edit.

A file of the cache has a line of each: whose it is; what the revisions' facts rest on together; the declared schema;
the texts of its modules; and then for each revision file its path and its facts. The lines are read and written one by
one, and are held by nobody: what is as it was is copied from the file that is there.

Invariant: who remembers says what who does not says (tests/engine/test_remembered.py). Whatever lies in the cache, or
happens to it, nothing is raised.

Example: `remember(work)` before the first stage, `keep(work)` after the last one.
"""

from __future__ import annotations

import itertools
import json
from _blake2 import blake2b
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from driftline.dataclass import replace
from driftline.engine.cache_folder import CacheFolder, program
from driftline.engine.places import INSTALLED
from driftline.sources.source import FileText

if TYPE_CHECKING:
    from driftline.engine.analyse import Work
    from driftline.engine.session import Session
    from driftline.engine.tracing import Trace
    from driftline.models.declared import Declared
    from driftline.models.object_filter import Filter
    from driftline.models.reader import ModelSettings
    from driftline.python.recalled import RecalledFile
    from driftline.sources.environment import Environment

_FOLDER = CacheFolder("environments", most_bytes=512 << 20, most_files=64)
_FUNCTIONS = ("upgrade", "downgrade")
_BEFORE_ROWS = 5
"""What comes before the rows: the file's digest, and four lines."""
_TAB = b"\t"
"""What JSON never has in it."""
_Models = tuple[bytes, bytes]
"""The declared schema with what it rests on, and the texts from which it was worked out."""
Entry = tuple[Any, Any, tuple[Any, ...]]
"""Of a revision file: what it says of itself, its contents, and what following its functions gave (None: not known)."""


class Remembered:
    """What is on disk of one environment: the entries of its files as they were written, and its models."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.begun = False
        self.file: bytes | None = None
        """The digest of the file of the cache that has it; None where there is none."""
        self.entries: dict[str, tuple[bytes, Entry]] = {}
        """By path, with the digest; those that are no plain data are here, too, and not on disk."""
        self.models: tuple[Declared, int] | None = None
        """The declared schema, and how many of its filters' answers are known."""


def remember(work: Work) -> None:
    """Take over what an earlier process has kept of an environment, once in a session."""
    remembered = work.session.memory(Remembered, work.key)
    if remembered.begun:
        return
    remembered.begun = True
    with work.session.timed("remember", work.key):
        _remember(work, remembered)


def _remember(work: Work, remembered: Remembered) -> None:
    lines = _FOLDER.lines(_name(work))
    try:
        file, head, setting, models, texts = itertools.islice(lines, _BEFORE_ROWS)
        if json.loads(head) != program():
            return
        _take_over(work, remembered, setting, (models, texts), map(_row, lines))
        remembered.file = file
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):  # it is none of ours
        return
    finally:
        lines.close()


def _row(line: bytes) -> tuple[str, bytes]:
    path, _, facts = line.partition(_TAB)
    return json.loads(path), facts


def _take_over(
    work: Work, remembered: Remembered, setting: bytes, models: _Models, rows: Iterable[tuple[str, bytes]]
) -> None:
    from driftline.engine.facts import Stale, decode
    from driftline.migrations.contents import Looked
    from driftline.migrations.evaluations import Earlier, Evaluations, Kept, Rests
    from driftline.migrations.graph_reader import RevisionFiles

    session, files = work.session, _Files(work.session, models[1])
    declared = _models(work, models[0], files) if models[0] else None
    if declared is not None:
        remembered.models = declared, _answered(declared)
    known, looked, kept = {}, {}, {}
    for path, row in rows:
        try:
            digest, entry = decode(row, files)
        except Stale:
            continue
        revision, contents, functions = entry
        remembered.entries[path] = digest, entry
        if revision is not None:
            known[path] = digest, revision
        if contents is not None:
            looked[path] = digest, contents
        for name, one in zip(_FUNCTIONS, functions, strict=True):
            if one is None:
                continue
            asked, queries, operations, of_models, shares, evaluated = one
            if of_models and declared is None:
                continue
            about = declared if of_models else None
            kept[path, name] = Kept(digest, asked, queries, operations, about, shares, evaluated)
    session.memory(RevisionFiles, work.key).known = known
    session.memory(Looked, work.key).files = looked
    if setting:
        found, rest = decode(setting, files)
        rests = Rests(rest[0], rest[1], dict.fromkeys(rest[2]))
        session.memory(Evaluations, work.key).take_over(Earlier(found, rests, kept))


class _Files:
    """The files from which facts were worked out. `texts`: those that the models rest on, as they were then."""

    def __init__(self, session: Session, texts: bytes) -> None:
        self._session = session
        self._texts = texts
        self._earlier: Mapping[tuple[str, bytes], FileText] | None = None
        self._known: dict[tuple[str, bytes], RecalledFile] = {}

    def __call__(self, path: str, digest: bytes) -> RecalledFile:
        """Give the file at `path`; raises `Stale` where it has another text."""
        from driftline.engine.facts import Stale

        if not self.is_now(path, digest):
            raise Stale(path)
        return self.then(path, digest)

    def then(self, path: str, digest: bytes) -> RecalledFile:
        """Give the file at `path` as it was; raises `Stale` where it has another text now, and none is known."""
        from driftline.engine.facts import Stale
        from driftline.python.recalled import RecalledFile

        found = self._known.get((path, digest))
        if found is None:
            now = self._session.source.read(path)
            same = isinstance(now, FileText) and now.digest == digest
            file = now if same else self._before(path, digest)
            if not isinstance(file, FileText):
                raise Stale(path)
            found = self._known[path, digest] = RecalledFile(file, self._session.parse)
        return found

    def is_now(self, path: str, digest: bytes) -> bool:
        """Whether the text at `path` is the one with `digest`."""
        file = self._session.source.read(path)
        return isinstance(file, FileText) and file.digest == digest

    def _before(self, path: str, digest: bytes) -> FileText | None:
        if self._earlier is None:
            said = [FileText(path, text, bytes.fromhex(digest)) for path, digest, text in json.loads(self._texts)]
            self._earlier = {(one.path, one.digest): one for one in said}
        return self._earlier.get((path, digest))


def _models(work: Work, data: bytes, files: _Files) -> Declared | None:
    from driftline.engine.facts import Stale, decode
    from driftline.engine.tracing import Trace
    from driftline.models.object_filter import RememberedFilter

    try:
        inputs, parts, declared, sound, filters = decode(data, files.then)
    except Stale:
        return None
    if filters is not None:
        answers, origin = filters
        made = RememberedFilter(answers, origin, partial(_filters, work.session, *inputs))
        declared = replace(declared, options=replace(declared.options, filters=made))
    trace = Trace(*parts)
    for path in trace.parsed:
        digest = trace.reads[path]
        if isinstance(digest, bytes) and not files.is_now(path, digest):
            # What was typed since may be comments and layout: the two are compared as programs.
            with suppress(Stale):
                work.session.earlier[path, digest] = files.then(path, digest).file
    work.session.recall("models", work.key, inputs, trace, declared)
    work.session.sound |= sound
    return declared  # type: ignore[no-any-return]


def _filters(
    session: Session, environment: Environment, options: ModelSettings, packages: tuple[str, ...]
) -> Filter | None:
    """Read env.py again for its filters; everything that it rests on is as it was."""
    from driftline.models.reader import read_models
    from driftline.python.modules import Modules

    modules = Modules(session.source, environment.import_roots, session.parse, packages)
    return read_models(environment, modules, options).options.filters


def _answered(declared: Declared) -> int:
    filters = declared.options.filters
    return 0 if filters is None else len(filters.answers)


# ---------------------------------------------------------------------------------------------------------------------
# Writing


def keep(work: Work) -> None:
    """Keep what is known of an environment for the next process, if there is something new in it."""
    remembered, known = work.session.memory(Remembered, work.key), _models_known(work)
    written = None if known is None or known == remembered.models else _written_models(work)
    models = known if written is not None or known == remembered.models else None
    entries = _entries(work, models[0] if models is not None else None)
    same = {path for path, one in entries.items() if _is_same(remembered.entries.get(path), one)}
    if models == remembered.models and len(same) == len(entries) == len(remembered.entries):
        return
    before = remembered.file
    remembered.models, remembered.entries = models, entries
    remembered.file = _FOLDER.write_parts(_name(work), _parts(work, entries, written, before, same))


def _entries(work: Work, declared: Declared | None) -> dict[str, tuple[bytes, Entry]]:
    """Give what is known of each revision file, with its digest; what rests on models only if `declared` has them."""
    from driftline.migrations.contents import Looked
    from driftline.migrations.evaluations import Evaluations
    from driftline.migrations.graph_reader import RevisionFiles

    evaluations = work.session.memory(Evaluations, work.key).kept()
    known, looked = work.session.memory(RevisionFiles, work.key).known, work.session.memory(Looked, work.key).files
    entries: dict[str, tuple[bytes, Entry]] = {}
    for path, (digest, revision) in known.items():
        contents = looked.get(path)
        functions = [evaluations.kept.get((path, name)) if evaluations is not None else None for name in _FUNCTIONS]
        followed = tuple(
            None
            if one is None or one.digest != digest or (one.models is not None and one.models is not declared)
            else (one.asked, one.queries, one.operations, one.models is not None, one.shares, one.evaluated)
            for one in functions
        )
        entry = revision, contents[1] if contents is not None and contents[0] == digest else None, followed
        entries[path] = digest, entry
    return entries


def _parts(
    work: Work,
    entries: Mapping[str, tuple[bytes, Entry]],
    written: _Models | None,
    before: bytes | None,
    same: set[str],
) -> Iterator[bytes]:
    """Give the parts of a file of the cache.

    `written`: the models, where they are not those of the file with the digest `before`. `same`: the entries that are.
    """
    from driftline.engine.facts import NotPlain, encode

    old = _FOLDER.lines(_name(work), before) if before is not None else iter(())
    had = tuple(itertools.islice(old, _BEFORE_ROWS))
    if not had and written is None:
        written = _written_models(work)
    said = written or had[_BEFORE_ROWS - 2 :] or (b"", b"")
    yield b"\n".join((json.dumps(program()).encode(), _written_setting(work), *said))
    yield from (b"\n" + line for line in old if json.loads(line.partition(_TAB)[0]) in same)
    for path in entries:
        if had and path in same:
            continue
        with suppress(NotPlain, RecursionError):
            yield b"\n" + json.dumps(path).encode() + _TAB + encode(entries[path])


def _written_setting(work: Work) -> bytes:
    """Give what the facts of the revisions rest on together; nothing where it is no plain data."""
    from driftline.engine.facts import NotPlain, encode
    from driftline.migrations.evaluations import Evaluations

    evaluations = work.session.memory(Evaluations, work.key).kept()
    if evaluations is None:
        return b""
    rests = evaluations.rests
    try:
        return encode((evaluations.setting, (rests.found, rests.files, tuple(rests.queries))))
    except (NotPlain, RecursionError):
        return b""


def _is_same(one: tuple[bytes, Entry] | None, other: tuple[bytes, Entry]) -> bool:
    return one is not None and one[0] == other[0] and _is_same_entry(one[1], other[1])


def _is_same_entry(one: Entry, other: Entry) -> bool:
    """Whether two entries have the same parts, by identity."""
    if one[0] is not other[0] or one[1] is not other[1]:
        return False
    return all(
        mine is its or (mine is not None and its is not None and mine[-1] is its[-1] and mine[:-1] == its[:-1])
        for mine, its in zip(one[2], other[2], strict=True)
    )


def _sure_models(work: Work) -> tuple[tuple[object, ...], Trace, object] | None:
    """Give what `Session.kept` does of the models, unless something of them was taken over and never worked out again.

    What another process would find here for good is held to more than what an editor shows for seconds.
    """
    session = work.session
    return None if ("models", work.key) in session.unsure else session.kept("models", work.key)


def _models_known(work: Work) -> tuple[Declared, int] | None:
    """Give the declared schema, and how many of its filters' answers are known; None where it is not known for sure."""
    kept = _sure_models(work)
    declared: Declared | None = None if kept is None else kept[2]  # type: ignore[assignment]
    return None if declared is None else (declared, _answered(declared))


def _written_models(work: Work) -> _Models | None:
    """Give how the declared schema is written; None where it is no plain data, or not known for sure."""
    from driftline.engine.facts import NotPlain, encode, is_plain_question
    from driftline.engine.tracing import SameText
    from driftline.models.object_filter import ObjectFilter

    session = work.session
    kept = _sure_models(work)
    if kept is None:
        return None
    inputs, trace = kept[:2]
    declared: Declared = kept[2]  # type: ignore[assignment]
    filters = declared.options.filters
    if isinstance(filters, ObjectFilter) and not filters.reads <= trace.reads.keys():
        return None  # an answer rests on a file that nobody would look at
    asked = {}
    for path, questions in trace.asked.items():
        plain = tuple(one for one in questions if is_plain_question(one[0]))
        file = session.source.read(path)
        if len(plain) < len(questions):
            if not isinstance(file, FileText):
                return None
            plain = ((SameText(file.digest), True),)
        asked[path] = plain
    sound = frozenset((path, said) for path, said in trace.reads.items() if (path, said) in session.sound)
    parts = trace.reads, trace.files, trace.folders, trace.listings, trace.parsed, asked
    plain_options = replace(declared.options, filters=None)
    told = None if filters is None else (filters.answers, filters.origin)
    texts: dict[tuple[str, bytes], str] = {}
    for path in trace.parsed:
        text = None if any(one in path for one in INSTALLED) else session.source.read(path)
        if isinstance(text, FileText) and text.digest == trace.reads[path]:
            texts[path, text.digest] = text.text
    try:
        written = encode((inputs, parts, replace(declared, options=plain_options), sound, told), texts)
    except (NotPlain, RecursionError):
        return None
    rows = [(path, digest.hex(), text) for (path, digest), text in texts.items()]
    return written, json.dumps(rows).encode("ascii")


def _name(work: Work) -> str:
    """Give the name of an environment's file: one for each place and set of settings that its models depend on."""
    settings = work.settings
    told = [work.key, settings.dialect, sorted(map(repr, settings.assume.items())), settings.models]
    return blake2b(repr([*told, settings.x_arguments]).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
