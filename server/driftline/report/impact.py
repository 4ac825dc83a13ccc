"""Why a rule's findings matter: the first sentence of "Why it matters" on its page.

Example: `impact_of("missing-check")`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=256)
def impact_of(rule: str) -> str | None:
    """Give why findings of the rule called `rule` matter, as a sentence; None where no page says it."""
    try:
        text = files("driftline.rules").joinpath(f"{rule.replace('-', '_')}.md").read_text(encoding="utf-8")
    except (OSError, ValueError):  # no page of that name
        return None
    section = re.search(r"^##+ Why it matters.*?\n(.*?)(?=^#|\Z)", text, re.DOTALL | re.MULTILINE)
    paragraph = " ".join(section[1].strip().partition("\n\n")[0].split()) if section else ""
    sentence = re.match(r".*?[.!?](?=\s|$)(?<!e\.g\.)(?<!i\.e\.)", paragraph)
    return sentence[0] if sentence else paragraph or None
