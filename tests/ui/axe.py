"""Whether a page can be used with other senses and other hands: axe-core looks at what we draw.

It looks only below the roots that a test names: what Lab and Voila draw around them is theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
SEVERE = ("serious", "critical")

_RUN = """
async roots => {
  const { violations } = await window.axe.run({ include: roots.map(root => [root]) }, { resultTypes: ['violations'] });
  return violations.map(({ id, impact, help, nodes }) => ({ id, impact, help, nodes: nodes.map(node => node.html) }));
}
"""


def severe(page: Page, roots: Sequence[str]) -> list[str]:
    """The serious findings below elements that CSS selectors name, each with the elements that it is about.

    >>> assert severe(page, [".crispdm-Desk"]) == []
    """
    assert AXE.is_file(), "axe-core is not there: npm ci"
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())  # not as an element: our policy lets no script in
    found: list[dict[str, Any]] = page.evaluate(_RUN, list(roots))
    return [_told(one) for one in found if one["impact"] in SEVERE]


def _told(finding: dict[str, Any]) -> str:
    return f"{finding['id']}: {finding['help']}: {' '.join(html[:200] for html in finding['nodes'][:5])}"
