from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

from assistant.audit.page import page
from assistant.audit.report import Report, report
from assistant.audit.running import Audit, Options
from assistant.distribution import Crew
from assistant.knowledge.loading import load
from assistant.knowledge.model import Knowledge
from tests.knowledge import tiny

from .conftest import CAVEATS, RULES, TOOLS

EVIL = "<script>alert(1)</script>\u202e\u0007"


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}


def found(knowledge: Knowledge, against: Knowledge | None = None) -> Report:
    audit = Audit(knowledge, Options(projects=80), against)
    return report(audit, audit.run(Crew(), lambda *shown: None))


def check(html: str) -> None:
    tags = Tags()
    tags.feed(html)
    assert not {"script", "img", "link", "iframe", "a"} & tags.seen
    assert not {name for name in tags.attributes if name in ("src", "href") or name.startswith("on")}
    assert "http:" not in html and "https:" not in html
    assert "prefers-color-scheme: dark" in html and "Content-Security-Policy" in html
    pictures = re.findall(r"<svg.*?</svg>", html, re.S)
    assert pictures
    for picture in pictures:
        ElementTree.fromstring(picture)


def test_the_page_stands_alone_and_has_pictures(flawed: Knowledge) -> None:
    html = page(found(flawed))

    check(html)
    for word in ("Never first", "epsilon", "Who came first", "rules that had a say"):
        assert word in html
    assert html == page(found(flawed))


def test_a_comparison_draws_what_moved(flawed: Knowledge, tmp_path: Path) -> None:
    new = load(
        base=tiny.write(tmp_path / "new", rules=RULES.replace("points: 3", "points: 1"), tools=TOOLS, caveats=CAVEATS)
    )
    html = page(found(new, flawed))

    check(html)
    assert "framework: from which first choice to which" in html
    assert "delta → alpha" in html


def test_hostile_text_is_text(flawed: Knowledge) -> None:
    report = found(flawed)
    import msgspec

    evil = msgspec.convert(
        msgspec.json.decode(msgspec.json.encode(report).replace(b"epsilon", b"<script>alert(1)</script>")), type=Report
    )
    html = page(evil)

    check(html)
    assert "&lt;script&gt;" in html
