"""The film of the README: what stands when, and that it is one file that needs nothing else."""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from rich.segment import Segment
from rich.style import Style

SCRIPTS = Path(__file__).parents[2] / "scripts"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def film(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]  # a module of the scripts, which are no package
    monkeypatch.syspath_prepend(str(SCRIPTS))
    import _film

    yield _film
    sys.modules.pop("_film")


def test_each_line_stands_when_and_where_it_stood(film) -> None:  # type: ignore[no-untyped-def]
    def row(text: str) -> tuple[Segment, ...]:
        return (Segment(text, Style.parse("bold #ff0000 on #101010")),)

    frames = [
        film.Frame((row("always"), row("a <b> & c")), 1.0),
        film.Frame((row("always"), row("last")), 2.0),
        film.Frame((row("always"), row("a <b> & c")), 1.0),
    ]
    root = ET.fromstring(film.film(frames, 10, "#101010", still=1))
    lines = {group.get("id"): "".join(group.itertext()).replace("\xa0", " ") for group in root.iter(f"{SVG}g")}
    uses = {(lines[use.attrib["href"][1:]], use.get("y")): use.get("class") for use in root.iter(f"{SVG}use")}
    assert uses[("always", "0")] is None
    css = root.find(f"{SVG}style").text or ""  # type: ignore[union-attr]  # an error is a failure here
    assert uses[("a <b> & c", "18")] == "k0" and uses[("last", "18")] == "k1 still"
    assert (
        "@keyframes k0{0.000%{visibility:visible}25.000%{visibility:hidden}"
        "75.000%{visibility:visible}100.000%{visibility:visible}}" in css
    )
    assert "k1{0%{visibility:hidden}25.000%{visibility:visible}75.000%{visibility:hidden}}" in css
    assert "prefers-reduced-motion" in css and "fill:#ff0000;font-weight:bold" in css


@pytest.mark.parametrize("picture", sorted(SCRIPTS.parent.glob("docs/images/*.svg")), ids=lambda path: path.stem)
def test_the_pictures_need_nothing_from_elsewhere(picture: Path) -> None:
    text = picture.read_text(encoding="utf-8")
    ET.fromstring(text)
    assert picture.stat().st_size < 1_000_000
    assert set(re.findall(r"https?://[^\s\"'<)]*", re.sub(r"<text.*?</text>", "", text))) <= {
        "http://www.w3.org/2000/svg",
        "https://www.textualize.io",  # a comment of the program that drew it
    }
    assert "<script" not in text and "@import" not in text
