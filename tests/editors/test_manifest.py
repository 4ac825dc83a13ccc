"""The extension's manifest says what the server says: settings, commands, version."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

from driftline.engine.setting import SETTINGS
from driftline.lsp.features import AUDIT

EXTENSION = Path(__file__).parent.parent.parent / "editors" / "vscode"


def generator() -> Any:  # noqa: ANN401 - a script, which is no module
    """editors/vscode/manifest.py."""
    spec = importlib.util.spec_from_file_location("manifest", EXTENSION / "manifest.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_manifest_is_as_it_is_written_today() -> None:
    """Mended by: python -P editors/vscode/manifest.py."""
    assert generator().render() == (EXTENSION / "package.json").read_text(encoding="utf-8")


def test_every_setting_of_the_server_is_there() -> None:
    """What `[tool.driftline]` knows, the extension's settings know, and nothing else but its own two."""
    manifest = json.loads((EXTENSION / "package.json").read_text(encoding="utf-8"))
    named = {name.removeprefix("driftline.") for name in manifest["contributes"]["configuration"]["properties"]}

    assert named == set(SETTINGS) | generator().OWN


def test_what_chooses_a_program_is_restricted() -> None:
    """No workspace that is not trusted has a say in what is executed."""
    manifest = json.loads((EXTENSION / "package.json").read_text(encoding="utf-8"))
    restricted = manifest["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"]

    assert set(restricted) == {f"driftline.{name}" for name in generator().OWN}


def test_the_commands_of_server_and_editors_have_the_same_names() -> None:
    """A command that is renamed on one side is missed on the other."""
    sources = [EXTENSION / "src" / "audit.ts", EXTENSION.parent / "neovim" / "lua" / "driftline" / "init.lua"]

    assert [f'"{AUDIT}"' in path.read_text(encoding="utf-8") for path in sources] == [True, True]
