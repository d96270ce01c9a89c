from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from xml.etree import ElementTree

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.dialogue.blocks import (
    CaveatItem,
    Caveats,
    Citation,
    CompareRow,
    Comparison,
    Facts,
    Line,
    Lines,
    Matrix,
    MatrixRow,
    Node,
    Proof,
    Reply,
    Text,
)
from assistant.dialogue.events import Asked, Drop, Event, Focus, Put, Step, Undo
from assistant.knowledge.facts import Fact, Quantity, Words
from assistant.language.model import Act, Mention, Stated, Utterance
from assistant.sessions.basis import Ground
from assistant.sessions.export import CONTENTS, Document, render
from assistant.sessions.model import SessionError, SessionInfo, StoredTurn
from assistant.sessions.service import Sessions

EVIL = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "![x](http://evil.example/x.png)",
    "# heading\n===\n---\n> quote\n```\ncode\n```",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "</blockquote></article><h1>mine",
    "&lt;b&gt; &amp; \"quoted\" 'single'",
    "<https://evil.example> *bold* _em_ `code` ~~gone~~",
    "1. one\n2. two\n- three\n+ four\n    indented",
    "\x1b[31mred\x07\x9b\u202eevil",
    "[ref]: http://evil.example 'x'",
    "\\<b>\\[x](y)",
    "{{ template }} ${x} $x$",
)


MARKDOWN_TAGS = {
    "h1", "h2", "h3", "p", "blockquote", "ul", "li", "a", "strong", "table", "thead", "tbody", "tr", "th", "td", "br",
}  # fmt: skip
HTML_TAGS = {
    "html", "head", "meta", "title", "style", "body", "header", "main", "article", "blockquote", "h1", "h3", "p", "ul",
    "li", "a", "strong", "span", "table", "tr", "th", "td", "details", "summary",
}  # fmt: skip


def document(*texts: str) -> Document:
    turns = [
        StoredTurn(
            number=number,
            text=text,
            reply=Reply(
                (
                    Text(text=text, sources=(Citation("s", text, f"javascript:{text}", text[:10]),)),
                    Lines(
                        title=text,
                        lines=(Line(text), Line(text, "ref", (Citation("s", text, f"https://x.org/{text})", "d"),))),
                    ),
                    Caveats(items=(CaveatItem("c", text, text, text, "ref"),)),
                    Comparison(names=(text, text), rows=(CompareRow(text, (text, text)),), verdict=Line(text)),
                    Proof(
                        root=Node(
                            text, "conclusion", (Node(text, "rule", (Node(text, "words"),)), Node(text, "absent"))
                        )
                    ),
                )
            ),
            created="2026-11-22T12:00:00.000+00:00",
            knowledge="v1",
        )
        for number, text in enumerate(texts)
    ]
    info = SessionInfo("abc", texts[0], turns[0].created, turns[0].created, len(turns), "")
    return Document.of(info, turns)


def shown(html: str) -> tuple[set[str], set[str], str]:
    """Elements, targets of links and images, and the text of a page."""
    tags: set[str] = set()
    targets: set[str] = set()
    text: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.add(tag)
            targets.update(value or "" for name, value in attrs if name in ("href", "src"))
            assert not [name for name, _ in attrs if name.startswith("on")]

        def handle_data(self, data: str) -> None:
            text.append(data)

    Reader().feed(html)
    return tags, targets, " ".join("".join(text).split())


@pytest.mark.parametrize("text", EVIL)
def test_markdown_shows_what_people_wrote_and_nothing_else(text: str) -> None:
    written = render(document(text, "plain"), "markdown")
    tags, targets, _ = shown(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(written))

    assert tags <= MARKDOWN_TAGS
    assert all(target == "" or target.startswith("https://x.org/") for target in targets)
    quotation = MarkdownIt("commonmark").render(written.split("## Message 1")[1].split("\n\n")[1])
    assert set(re.findall(r"<(\w+)", quotation)) <= {"blockquote", "p", "br"}
    said = [" ".join(line.split()) for line in text.splitlines()]
    visible = [" ".join(line.split()) for line in shown(quotation.replace("<br />", "\v"))[2].split("\v")]
    assert len("".join(visible)) >= len("".join(said).replace(" ", "")) - text.count("\n")


@pytest.mark.parametrize("text", EVIL)
def test_html_is_inert(text: str) -> None:
    page = render(document(text, "plain"), "html")
    tags, targets, words = shown(page)

    assert tags <= HTML_TAGS
    assert all(target == "" or target.startswith("https://x.org/") for target in targets)
    assert page.count("<details") == 4
    harmless = re.sub(r"[\x00-\x1f\x7f-\x9f\u202e]", "\N{REPLACEMENT CHARACTER}", text.splitlines()[0])
    assert harmless.strip() in words


def test_html_elements_are_closed_in_order() -> None:
    page = render(document(*EVIL), "html")
    open_tags: list[str] = []
    for closing, tag in re.findall(r"<(/?)(\w+)[^>]*>", page.partition("<body>")[2].partition("</body>")[0]):
        if closing:
            assert open_tags.pop() == tag
        elif tag != "meta":
            open_tags.append(tag)
    assert open_tags == []


@pytest.mark.parametrize("text", EVIL)
def test_plain_text_has_no_control_characters(text: str) -> None:
    written = render(document(text), "text")

    assert not {c for c in written if (ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160 or c == "\u202e"}


def test_only_the_last_turn() -> None:
    assert "## Message 1" not in render(document("one", "two"), "markdown", "last")
    assert "## Message 2" in render(document("one", "two"), "markdown", "last")


def test_nothing_said_is_nothing_to_export() -> None:
    with pytest.raises(SessionError, match="Nothing"):
        render(Document.of(SessionInfo("a", "", "", "", 0, ""), []), "markdown")


WORD = st.text(max_size=20).filter(lambda text: not re.search("[\ud800-\udfff]", text))
AMOUNT = st.builds(
    Quantity,
    st.floats(0, 1e18),
    op=st.sampled_from(["=", "<", "<=", ">", ">=", "in"]),
    high=st.none() | st.floats(0, 1e18),
    about=st.booleans(),
)
FACT = st.builds(
    Fact,
    slot=WORD,
    value=WORD | AMOUNT,
    negated=st.booleans(),
    words=st.none() | st.builds(Words, st.integers(0, 99), st.integers(0, 99), st.integers(0, 99), WORD),
    rule=st.none() | WORD,
)
EVENT: st.SearchStrategy[Event] = st.one_of(
    st.builds(Put, FACT),
    st.builds(Drop, WORD, value=st.none() | WORD),
    st.just(Step()),
    st.just(Undo()),
    st.builds(Asked, st.none() | WORD),
    st.builds(Focus, tools=st.lists(WORD, max_size=2).map(tuple)),
)
UTTERANCE = st.builds(
    Utterance,
    text=WORD,
    acts=st.lists(st.builds(Act, act=WORD, confidence=st.floats(0, 1)), max_size=2).map(tuple),
    facts=st.lists(
        st.builds(Stated, slot=WORD, value=WORD | AMOUNT, start=st.integers(0, 9), end=st.integers(0, 9)), max_size=2
    ).map(tuple),
    mentions=st.lists(
        st.builds(Mention, tool=WORD, role=st.just("avoid"), start=st.integers(0, 9), end=st.integers(0, 9)), max_size=2
    ).map(tuple),
)
BLOCK = st.one_of(
    st.builds(Text, text=WORD),
    st.builds(Facts, items=st.just(())),
    st.builds(Lines, title=WORD, lines=st.lists(st.builds(Line, WORD, WORD), max_size=2).map(tuple)),
)
TURNS = st.lists(
    st.builds(
        StoredTurn,
        number=st.just(0),
        text=WORD,
        reply=st.builds(Reply, st.lists(BLOCK, max_size=3).map(tuple)),
        created=st.datetimes().map(lambda time: time.isoformat(timespec="milliseconds") + "+00:00"),
        utterance=st.none() | UTTERANCE,
        events=st.lists(EVENT, max_size=3).map(tuple),
        knowledge=WORD,
        choices=st.dictionaries(WORD, WORD, max_size=2),
        answer=WORD,
        question=WORD,
        basis=st.dictionaries(
            WORD,
            st.dictionaries(
                WORD, st.dictionaries(WORD, st.builds(Ground, st.floats(-9, 9), WORD), max_size=2), max_size=2
            ),
            max_size=2,
        ),
    ),
    min_size=1,
    max_size=3,
).map(lambda turns: tuple(msgspec.structs.replace(turn, number=number) for number, turn in enumerate(turns)))


@given(turns=TURNS, title=WORD)
def test_json_keeps_everything(turns: tuple[StoredTurn, ...], title: str) -> None:
    written = Document.of(SessionInfo("a", title, "c", "u", len(turns), ""), turns)

    assert Document.parse(written.json()) == written


def test_a_decision_record_argues_its_case(sessions: Sessions) -> None:
    session = sessions.new()
    session.say(
        "we predict churn on 80k rows of CRM data, permissive licences only <b>now</b>, it must run on a laptop"
    )
    record = sessions.export(session.id, "adr")

    assert record.startswith("# Use ")
    sections = re.findall(r"^## (.*)$", record, re.MULTILINE)
    assert sections == [
        "Context and Problem Statement", "Decision Drivers", "Considered Options", "Decision Outcome",
        "Pros and Cons of the Options", "More Information",
    ]  # fmt: skip
    parts = re.findall(r"^### (.*)$", record.partition("## Pros and Cons")[0], re.MULTILINE)
    assert parts == ["Consequences", "Confirmation", "On the Way to Production", "What Would Change This Decision"]
    assert "(“80k rows”, message 1)" in record
    assert re.search(r"^- You have 80,000 examples: bears on \d+ arguments", record, re.MULTILINE)
    assert session.conversation.conclusion().stack
    for choice in session.conversation.conclusion().stack:
        assert f"{choice.ranking[0].score:g} points" in record
    when = r"(?:\d{4}-\d{2}-\d{2}|page not opened)"
    who = r"(?:\[.*\]\(https?://.*\)|Our judgement)"
    sources = re.findall(rf"^(\d+)\. {who}, {when}$", record, re.MULTILINE)
    cited = set(re.findall(r"\\\[(\d+)\\\]", record))
    assert cited and cited == set(sources)
    assert "<b>" not in record
    assert session.export("adr") == record


def test_a_drawback_is_told_once_though_the_tool_has_two_roles(sessions: Sessions) -> None:
    session = sessions.new()
    session.say("detect scratches on metal parts from photos, on an Android phone, offline")
    roles = [choice for choice in session.conversation.conclusion().stack if choice.ranking[0].tool == "ultralytics"]
    assert len(roles) == 2

    told = session.export("adr").partition("### Consequences")[2].partition("###")[0].splitlines()
    drawbacks = [line for line in told if line.startswith("- Ultralytics YOLO:")]
    assert drawbacks and len(drawbacks) == len(set(drawbacks))


def test_the_content_can_be_chosen(sessions: Sessions) -> None:
    session = sessions.new()
    session.say("churn prediction on 80k rows of CRM data")
    session.say("why?")
    written = {content: sessions.export(session.id, "markdown", content) for content in CONTENTS}

    assert ("## Message 1" in written["all"], "## Where the advice stands" in written["all"]) == (True, True)
    assert "## Where the advice" not in written["conversation"] and "## Message 2" in written["conversation"]
    assert "## Message" not in written["advice"] and "points by pillar" in written["advice"]
    assert "## Message 1" not in written["last"] and "## Message 2" in written["last"]
    assert written["all"].startswith(written["conversation"].rstrip("\n"))
    for form in ("text", "html"):
        assert "Where the advice stands" in sessions.export(session.id, form)
        assert "Where the advice stands" not in sessions.export(session.id, form, "conversation")
    assert sessions.export(session.id, "json", "advice") == sessions.export(session.id, "json")
    with pytest.raises(SessionError, match="choose all, conversation"):
        sessions.export(session.id, "markdown", "half")


def test_the_ranking_is_drawn(sessions: Sessions) -> None:
    session = sessions.new()
    session.say("churn prediction on 80k rows of CRM data, it goes into production")
    page = sessions.export(session.id, "html", "advice")
    stack = session.conversation.conclusion().stack

    assert page.count("<svg") == page.count("</svg>") == len(stack)
    assert page.count('class="bar first"') == len(stack)
    charts = re.findall(r"<svg.*?</svg>", page)
    for drawing, choice in zip(charts, stack, strict=True):
        ElementTree.fromstring(drawing)
        assert [f">{one.score:g}</text>" in drawing for one in choice.ranking[:6]] == [True] * len(choice.ranking[:6])
        assert all(0 <= float(x) <= 640 for x in re.findall(r' x="([^"]*)"', drawing))


@pytest.mark.parametrize("text", [*EVIL, '=HYPERLINK("http://evil")', "@SUM(1)", "+cmd|'/C calc'!A0", "-2+3", " =1"])
def test_charts_and_tables_are_inert(text: str) -> None:
    matrix = Matrix(
        role=text, title=text, pillars=(text,),
        rows=tuple(MatrixRow(text, text, score, (score,), "ref") for score in (3.5, 0.0, -2.0)),
    )  # fmt: skip
    turns = msgspec.structs.replace(document("x").turns[0], reply=Reply((matrix,)))
    page = render(msgspec.structs.replace(document("x"), turns=(turns,)), "html")
    tags, targets, _ = shown(page)

    assert tags <= HTML_TAGS | {"svg", "title", "text", "rect", "line"}
    assert targets == set()
    ElementTree.fromstring(re.search(r"<svg.*?</svg>", page, re.DOTALL)[0])
    cells = [unescape(cell).strip() for cell in re.findall(r"<t[hd]>(.*?)</t[hd]>", page)]
    assert not [cell for cell in cells if re.match(r"[=@]|[+-](?![\d.]+$)", cell)]
    assert "-2" in cells


def test_there_is_no_decision_without_a_recommendation(sessions: Sessions) -> None:
    session = sessions.new()
    session.say("hello")

    with pytest.raises(SessionError, match="no recommendation"):
        sessions.export(session.id, "adr")


def test_an_unknown_format_names_the_known_ones(sessions: Sessions) -> None:
    session = sessions.new()
    session.say("hello")

    with pytest.raises(SessionError, match="markdown, json"):
        sessions.export(session.id, "docx")
    assert sessions.export(session.id, "MD") == sessions.export(session.id, "markdown")
