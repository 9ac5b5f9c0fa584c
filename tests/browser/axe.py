"""axe-core over the page that a tab shows: its default rules, its best practices, and the size of targets."""

import json
from collections.abc import Collection
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page

# A mail is shown inside the page of a mail program, which has landmarks of its own: a second `main` would be a fault.
NOT_FOR_MAIL = frozenset({"landmark-one-main", "region"})


async def find_violations(page: Page, *, without: Collection[str] = ()) -> list[str]:
    """A line for each fault: the rule, the element, and what is wrong with it. Frames are looked at by themselves."""
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(f"() => {{ {AXE_SCRIPT} }}")
    rules = {"target-size": {"enabled": True}} | {rule: {"enabled": False} for rule in without}
    options = json.dumps({"rules": rules, "iframes": False, "resultTypes": ["violations"]})
    found: dict[str, Any] = await page.evaluate(f"() => axe.run(document, {options})")
    return [_explain(rule["id"], node) for rule in found["violations"] for node in rule["nodes"]]


def _explain(rule: str, node: dict[str, Any]) -> str:
    messages = [check["message"] for kind in ("any", "all", "none") for check in node[kind]]
    return f"{rule}: {node['html'][:160]}: {'; '.join(messages)}"
