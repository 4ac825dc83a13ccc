"""Writes the server's settings into the extension's manifest: `python -P editors/vscode/manifest.py`.

The settings are the server's own (`driftline.engine.setting`); a test says when package.json is behind. Everything
else in package.json is written by hand.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from driftline.engine.setting import SETTINGS
from driftline.engine.settings_schema import editor_properties

MANIFEST = Path(__file__).parent / "package.json"

OWN = frozenset({"path", "interpreter"})
"""The extension's own settings, which the server never hears of."""


def properties() -> dict[str, dict[str, Any]]:
    """Give the server's settings as VS Code's configuration properties."""
    return {
        f"driftline.{name}": {"scope": "resource", **schema, "markdownDescription": SETTINGS[name].description}
        for name, schema in editor_properties().items()
    }


def render() -> str:
    """Give the manifest with the server's settings of today."""
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    configuration = manifest["contributes"]["configuration"]
    own = {f"driftline.{name}": configuration["properties"][f"driftline.{name}"] for name in sorted(OWN)}
    configuration["properties"] = {**own, **properties()}
    return json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    MANIFEST.write_text(render(), encoding="utf-8")
