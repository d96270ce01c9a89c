"""Who says so: a source, we ourselves, or a source whose page nobody opened."""

from __future__ import annotations

import pytest

from assistant.dialogue.render import linked
from assistant.dialogue.wording import Wording
from assistant.knowledge.building import Builder
from assistant.knowledge.model import Knowledge
from assistant.knowledge.reading import Document
from assistant.knowledge.showing import show

BOOK = {"id": "book", "title": "The book", "url": "https://example.org", "kind": "docs", "verified": "2026-11-22"}


def knowing(claim: dict[str, str]) -> Knowledge:
    """A knowledge with one caveat that claims so."""
    caveat = {"id": "mind", "severity": "note", "when": {"task": "known"}, "text": "Mind it", **claim}
    task = {"id": "task", "kind": "set", "title": "Task", "says": "{value}", "says_not": "{value}"}
    builder = Builder()
    builder.add(Document("all.yaml", {"sources": [BOOK], "slots": [task], "caveats": [caveat]}, {}), "shipped")
    known = builder.build(("shipped",))
    assert not builder.findings
    return known


@pytest.mark.parametrize(
    ("claim", "title", "url", "day"),
    [
        ({"source": "book", "verified": "2026-11-22"}, "The book", "https://example.org", "2026-11-22"),
        ({"source": "book"}, "The book", "https://example.org", "page not opened"),
        (
            {"source": "book", "basis": "judgement", "verified": "2026-11-22"},
            "Our judgement, from: The book",
            "https://example.org",
            "2026-11-22",
        ),
        ({"basis": "judgement", "verified": "2026-11-22"}, "Our judgement", "", "2026-11-22"),
    ],
)
def test_a_citation_tells_who_says_so(claim: dict[str, str], title: str, url: str, day: str) -> None:
    known = knowing(claim)
    caveat = known.caveats[0]
    (one,) = Wording(known).cite(caveat.source, caveat.verified, caveat.layer)
    assert (one.title, one.url, one.verified) == (title, url, day)
    assert ("](" in linked(one)) == bool(url)


def test_a_claim_that_nobody_says_is_refused_unless_it_is_called_a_judgement() -> None:
    builder = Builder()
    caveat = {"id": "mind", "severity": "note", "when": {"task": "known"}, "text": "Mind it"}
    builder.add(Document("all.yaml", {"caveats": [caveat]}, {}), "shipped")
    (finding,) = builder.findings
    assert "basis: judgement" in finding.expected


def test_a_source_is_shown_with_the_judgements_drawn_from_it() -> None:
    shown = show(knowing({"source": "book", "basis": "judgement"}), "book")
    assert shown is not None
    assert shown["referred_to_by"] == {"caveats": ["mind"]}
