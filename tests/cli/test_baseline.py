"""`driftline check --write-baseline`: an old project starts clean, and fails on what is new only."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Ran, Run

FILE = "driftline-baseline.json"
CUSTOMER = "shop/models/customer.py"
ORDER = "shop/models/order.py"
NULLABLE = ("email: Mapped[str]", "email: Mapped[str | None]")
"""An edit that makes a finding: the column is NOT NULL in the migrations."""

LATER = """\
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade():
    op.alter_column("orders", "total", comment="x")
    op.alter_column("orders", "total", existing_comment="x", comment=None)


def downgrade():
    pass
"""
"""A revision that touches a table which drifts, and leaves it as it was."""


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text that is in a file."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def checked(run: Run, *words: str) -> dict[str, Any]:
    """What `check --format json` prints."""
    document = json.loads(run("check", "--format", "json", *words).out)
    assert isinstance(document, dict)
    return document


def rules(document: dict[str, Any]) -> list[str]:
    """The rules of what is told."""
    return [one["rule"] for one in document["findings"]]


@pytest.fixture
def old(project: Path, run: Run) -> Path:
    """The shop with a baseline of its three findings."""
    ran = run("check", "--write-baseline")
    assert (ran.code, ran.out, ran.err) == (0, "", f"driftline: wrote {FILE}: 3 findings\n")
    return project


@pytest.mark.usefixtures("old")
def test_a_project_starts_clean(run: Run) -> None:
    """Nothing is told and nothing fails, but for how much is not told; on demand everything is."""
    ran = run("check")

    assert (ran.code, ran.out) == (0, "")
    assert ran.err.splitlines()[1:] == [
        f"driftline: 3 more findings are in the baseline {FILE}, and not told (--no-baseline tells them)"
    ]
    assert (run("check", "--no-baseline").code, len(run("check", "--no-baseline").out.splitlines())) == (1, 3)
    assert checked(run)["baselines"] == [{"path": FILE, "hidden": 3, "stale": 0}]
    assert "baselines" not in checked(run, "--no-baseline")


def test_moved_lines_and_renamed_files_change_nothing(run: Run, old: Path) -> None:
    """A finding is known by what it is about."""
    for path in (old / "shop/models").glob("*er.py"):
        edit(path, "class ", "# a remark\n\n\nclass ")
    (old / CUSTOMER).rename(old / "shop/models/people.py")
    edit(old / "shop/models/__init__.py", "shop.models.customer", "shop.models.people")
    versions = old / "alembic/versions"
    (versions / "0003_total.py").rename(versions / "renamed.py")

    assert (rules(checked(run)), run("check").code) == ([], 0)


def test_a_later_revision_of_the_table_changes_nothing(run: Run, old: Path) -> None:
    """Though messages name the revision that touched it last."""
    (old / "alembic/versions/0004.py").write_text(LATER)

    assert rules(checked(run, "--select", "drift")) == []


def test_what_is_new_is_told_and_fails(run: Run, old: Path) -> None:
    """Alone."""
    edit(old / CUSTOMER, *NULLABLE)

    document, ran = checked(run), run("check")

    assert (rules(document), document["summary"]["error"], ran.code) == (["nullable-mismatch"], 1, 1)
    assert "1 error in 2 models" in ran.err


def test_what_is_mended_is_stale_until_it_is_written_again(run: Run, old: Path) -> None:
    """Then it would be new again."""
    text = (old / CUSTOMER).read_text()
    edit(old / CUSTOMER, "    nickname: Mapped[str | None] = mapped_column(String(40))\n", "")

    ran = run("check")
    assert (ran.code, "1 in it is found no more" in ran.err) == (0, True)
    assert checked(run)["baselines"] == [{"path": FILE, "hidden": 2, "stale": 1}]
    assert run("check", "--write-baseline").err == f"driftline: wrote {FILE}: 2 findings (0 new, 1 gone)\n"
    assert "no more" not in run("check").err
    (old / CUSTOMER).write_text(text)
    assert rules(checked(run)) == ["missing-column"]


def test_the_same_again_changes_no_byte(run: Run, old: Path) -> None:
    """A version control system shows nothing."""
    before = (old / FILE).read_bytes()

    assert run("check", "--write-baseline").err == f"driftline: wrote {FILE}: 3 findings, as before\n"
    assert before == (old / FILE).read_bytes()
    assert [path.name for path in old.iterdir() if FILE in path.name] == [FILE]


def test_what_did_not_run_is_neither_stale_nor_taken_out(run: Run, old: Path) -> None:
    """A selection speaks of what it selects."""
    edit(old / CUSTOMER, "    nickname: Mapped[str | None] = mapped_column(String(40))\n", "")

    assert checked(run, "--select", "missing-index")["baselines"] == [{"path": FILE, "hidden": 1, "stale": 0}]
    run("check", "--write-baseline", "--select", "missing-index")
    assert len(json.loads((old / FILE).read_text())["findings"]) == 3
    run("check", "--write-baseline", "--select", "missing-column")
    assert len(json.loads((old / FILE).read_text())["findings"]) == 2


@pytest.mark.usefixtures("old")
def test_of_single_files_what_is_not_told_is_theirs(run: Run) -> None:
    """As for pre-commit; but a baseline is of a whole project."""
    assert checked(run, CUSTOMER)["baselines"] == [{"path": FILE, "hidden": 1, "stale": 0}]

    ran = run("check", "--write-baseline", CUSTOMER)
    assert (ran.code, "whole project" in ran.err) == (2, True)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"findings": []}', '{"driftline-baseline": 1,\n<<<<<<< HEAD\n"findings": []}', "mine\n"]
)
def test_what_driftline_did_not_write_is_not_overwritten(run: Run, project: Path, text: str) -> None:
    """Nor is it read as if nothing were known: whoever has such a file has to see to it."""
    (project / FILE).write_text(text)

    for words in (["check", "--write-baseline"], ["check"], ["audit"]):
        ran = run(*words)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith(f"driftline: {FILE}:")
    assert run("check", "--no-baseline").code == 1
    assert text == (project / FILE).read_text()


def test_a_folder_in_its_place(run: Run, project: Path) -> None:
    """A sentence, and exit code 2."""
    (project / FILE).mkdir()

    ran = run("check", "--write-baseline")

    assert (ran.code, ran.err) == (2, f"driftline: {FILE} is a folder; the setting `baseline` names a file\n")


def test_the_settings_say_where_it_is(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen from their file, wherever the command is started; before it is written, that is said."""
    (project / "ci").mkdir()
    (project / "pyproject.toml").write_text('[tool.driftline]\nbaseline = "ci/known.json"\n')
    assert "there is no baseline ci/known.json yet" in run("check").err
    monkeypatch.chdir(project / "shop")

    assert run("check", "--write-baseline", "..").err.endswith("known.json: 3 findings\n")

    assert (run("check", "..").code, (project / "ci/known.json").is_file()) == (0, True)
    assert not (project / FILE).exists()


def test_settings_that_come_later_do_not_lose_it(run: Run, project: Path) -> None:
    """One that lies nearer to the project than the new settings' file is found, and written again where it is."""
    inner = project / "backend"
    inner.mkdir()
    for path in [one for one in project.iterdir() if one != inner]:
        path.rename(inner / path.name)
    run("check", "--write-baseline")
    assert (inner / FILE).is_file()
    (project / "driftline.toml").write_text('ignore = ["missing-index"]')

    assert checked(run)["baselines"] == [{"path": f"backend/{FILE}", "hidden": 2, "stale": 0}]
    assert "wrote backend/" in run("check", "--write-baseline").err
    (inner / FILE).unlink()
    run("check", "--write-baseline")
    assert (project / FILE).is_file()


def test_a_folder_that_is_not_there(run: Run, project: Path) -> None:
    """Nothing is made that was not asked for."""
    (project / "driftline.toml").write_text('baseline = "no/known.json"')

    ran = run("check", "--write-baseline")

    assert (ran.code, "no/known.json cannot be written: no such file or directory" in ran.err) == (2, True)


def test_a_project_without_findings_needs_none(run: Run, project: Path) -> None:
    """No empty file is left behind; one that is there becomes empty."""
    run("check", "--write-baseline")
    (project / "driftline.toml").write_text('ignore = ["all"]')
    (project / FILE).unlink()

    assert "not needed and not written" in run("check", "--write-baseline").err
    assert not (project / FILE).exists()


def test_it_is_written_as_other_files_are(run: Run, old: Path) -> None:
    """With the usual permissions, those that it had, and through a link."""
    mode = stat.S_IMODE((old / CUSTOMER).stat().st_mode)
    assert mode == stat.S_IMODE((old / FILE).stat().st_mode)
    (old / FILE).rename(old / "real.json")
    (old / "real.json").chmod(0o640)
    (old / FILE).symlink_to("real.json")
    edit(old / CUSTOMER, *NULLABLE)

    run("check", "--write-baseline")

    assert (old / FILE).is_symlink()
    assert len(json.loads((old / "real.json").read_text())["findings"]) == 4
    assert stat.S_IMODE((old / "real.json").stat().st_mode) == 0o640


def twin(project: Path) -> None:
    """Gives the project a second environment, which has the same drift."""
    for path in (project / "alembic").rglob("*.*"):
        copy = project / "second" / path.relative_to(project / "alembic")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(path.read_text())
    (project / "second.ini").write_text((project / "alembic.ini").read_text().replace("= alembic", "= second"))
    (project / "driftline.toml").write_text("")


def test_environments_share_one(run: Run, project: Path) -> None:
    """What one of them has says nothing of the other; one that is gone is taken out."""
    twin(project)
    run("check", "--write-baseline", "--environment", "alembic")
    assert rules(checked(run)) == ["missing-column", "extra-foreign-key", "missing-index"]

    run("check", "--write-baseline", "--environment", "second")
    assert len(json.loads((project / FILE).read_text())["findings"]) == 6
    assert rules(checked(run)) == []
    (project / "second.ini").unlink()
    (project / "second").rename(project.parent / "elsewhere")
    run("check", "--write-baseline")

    assert len(json.loads((project / FILE).read_text())["findings"]) == 3


def test_a_comment_goes_before_the_baseline(run: Run, old: Path) -> None:
    """What is silenced needs no entry; the comment is of use."""
    column = "nickname: Mapped[str | None] = mapped_column(String(40))"
    edit(old / CUSTOMER, column, f"{column}  # driftline: ignore[missing-column]")

    document = checked(run)

    assert (rules(document), document["baselines"]) == ([], [{"path": FILE, "hidden": 2, "stale": 1}])


@pytest.mark.usefixtures("old")
def test_the_audit_tells_everything_and_marks_what_is_known(run: Run) -> None:
    """It is about the schema as it is."""
    lines = run("audit").out.splitlines()

    (summary,) = [one for one in lines if one.startswith("- **Findings**")]
    assert summary.endswith("; 3 of them in the baseline")
    assert [one for one in lines if "`missing-column` (in the baseline): " in one] != []
    assert "❌ **INCONSISTENT**" in "\n".join(lines)


@pytest.mark.usefixtures("old")
def test_statistics_count_what_is_told(run: Run) -> None:
    """And say how much more there is."""
    ran: Ran = run("check", "--statistics")

    assert ran.out.splitlines() == ["     0  not understood"]
    assert "3 more findings are in the baseline" in ran.err
    assert checked(run, "--statistics")["statistics"] == {}
