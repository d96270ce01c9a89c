"""A stand-in for sessions: the contract with canned, realistic replies, so that the app's own behaviour can be tested
without knowledge, engine or store. Hostile text can be put into every field."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from types import SimpleNamespace
from typing import Any

import msgspec

from assistant.dialogue import blocks as b
from assistant.reasoning.model import Conclusion
from assistant.sessions.model import tags_of
from assistant.sessions.starter import Project
from assistant.tui.desk import Backend

DOCS = b.Citation(
    id="litert-readme", title="LiteRT README", url="https://github.com/google-ai-edge/LiteRT", verified="2026-11-20"
)
STUDY = b.Citation(
    id="study", title="Mobile vision study", url="https://arxiv.org/abs/2000.00001", verified="2026-11-19"
)

NAMES = {
    "pytorch": "PyTorch",
    "keras": "Keras",
    "jax": "JAX",
    "litert": "LiteRT",
    "executorch": "ExecuTorch",
    "mlflow": "MLflow",
}


def understood(text: str, *words: tuple[str, str, str]) -> b.Understood:
    items = []
    for phrase, says, slot in words:
        start = text.find(phrase)
        if start >= 0:
            ref = f"fact/{slot}/{phrase}"
            items.append(b.UnderstoodItem(says, phrase, start, start + len(phrase), "new", slot, ref))
    return b.Understood(items=tuple(items))


def recommendation() -> b.Recommendation:
    def line(text: str, ref: str, *sources: b.Citation) -> b.Line:
        return b.Line(text, ref, sources)

    return b.Recommendation(
        rows=(
            b.RoleRow(
                "framework",
                "Framework",
                "pytorch",
                "PyTorch",
                11.5,
                (
                    line("Most pretrained vision models are published for it first", "arg/pytorch/1", STUDY),
                    line("It exports to phones through ExecuTorch and LiteRT", "arg/pytorch/2", DOCS),
                ),
                (b.Runner("keras", "Keras", 9), b.Runner("jax", "JAX", 5.5)),
                "tool/framework/pytorch",
            ),
            b.RoleRow(
                "edge_runtime",
                "On-device runtime",
                "litert",
                "LiteRT",
                8,
                (line("Google's own runtime for Android, with GPU and NPU delegates", "arg/litert/1", DOCS),),
                (b.Runner("executorch", "ExecuTorch", 7),),
                "tool/edge_runtime/litert",
            ),
            b.RoleRow(
                "experiment_tracking",
                "Experiment tracking",
                "mlflow",
                "MLflow",
                4,
                (),
                (),
                "tool/experiment_tracking/mlflow",
            ),
        )
    )


def caveats() -> b.Caveats:
    return b.Caveats(
        items=(
            b.CaveatItem(
                "agpl",
                "critical",
                "Ultralytics YOLO is AGPL-3.0, and a product built on it must publish its source",
                "Buy the enterprise licence or take a permissive detector",
                "caveat/agpl",
                (DOCS,),
            ),
            b.CaveatItem(
                "drift",
                "serious",
                "Photos from new phones differ from the training photos",
                "Keep a test set per phone model",
                "caveat/drift",
                (),
            ),
            b.CaveatItem("size", "note", "Each megabyte of model costs installs", "", "caveat/size", (STUDY,)),
        ),
        more=2,
    )


def question() -> b.Ask:
    return b.Ask(
        slot="labels",
        text="Do the photos have labels?",
        help="Labels decide between training and searching for oddities",
        options=(
            b.Option("labelled", "Yes, all of them"),
            b.Option("few_labels", "A few"),
            b.Option("unlabelled", "No"),
        ),
        ref="question/labels",
    )


def matrix() -> b.Matrix:
    return b.Matrix(
        role="framework",
        title="Framework",
        pillars=(
            "Scalability and performance",
            "Production and deployment",
            "Learning and flexibility",
            "Community and pretrained models",
        ),
        rows=(
            b.MatrixRow("pytorch", "PyTorch", 11.5, (3, 2.5, 2, 4), "tool/framework/pytorch"),
            b.MatrixRow("keras", "Keras", 9, (2, 3, 3, 1), "tool/framework/keras"),
            b.MatrixRow("jax", "JAX", 5.5, (4, -1, 1.5, 1), "tool/framework/jax"),
        ),
    )


def proof() -> b.Proof:
    def node(text: str, kind: Any, *children: b.Node, **more: Any) -> b.Node:
        return b.Node(text, kind, children, **more)

    return b.Proof(
        root=node(
            "PyTorch leads as the framework with 11.5 points",
            "conclusion",
            node(
                "Most pretrained vision models are published for it first: +4 for community",
                "rule",
                node(
                    "The data are images",
                    "rule",
                    node("You said “photos” (message 1)", "words"),
                    rule="photos-are-images",
                    ref="fact/modality/image",
                ),
                node(
                    "Few people, so pretrained models matter",
                    "rule",
                    node("You said “two people” (message 1)", "words"),
                    node("no budget is known", "absent"),
                    rule="small-team",
                    ref="fact/training/fine_tune",
                ),
                sources=(STUDY,),
                rule="pretrained-first",
                ref="arg/pytorch/1",
            ),
            node(
                "It exports to phones",
                "rule",
                node("You said “inside an Android app” (message 1)", "words"),
                node("Python, as nothing else was said", "default"),
                sources=(DOCS,),
                rule="exports",
                ref="arg/pytorch/2",
            ),
            ref="tool/framework/pytorch",
        )
    )


def comparison() -> b.Comparison:
    return b.Comparison(
        names=("PyTorch", "Keras"),
        rows=(
            b.CompareRow("Points here", ("11.5", "9")),
            b.CompareRow(
                "Strongest",
                ("Most pretrained vision models are published for it first", "Short, readable training code"),
            ),
            b.CompareRow("Licence", ("BSD-3-Clause", "Apache-2.0")),
        ),
        verdict=b.Line(
            "PyTorch, by 2.5 points; Keras is level once the team is new to deep learning",
            "tool/framework/pytorch",
            (DOCS,),
        ),
        role="framework",
        tools=("pytorch", "keras"),
    )


def plan() -> b.Plan:
    return b.Plan(
        items=(
            b.StepItem(
                "s1",
                "poc",
                "Fine-tune a small pretrained network on 2,000 photos",
                "Recall of defects at one false alarm in a hundred",
                "Recall stays below 80 %",
                "step/s1",
                (DOCS,),
            ),
            b.StepItem(
                "s2",
                "production",
                "Convert with LiteRT and measure on the slowest phone",
                "Milliseconds per photo",
                "",
                "step/s2",
                (),
            ),
        )
    )


def everything(text: str) -> tuple[b.AnyBlock, ...]:
    """One block of every kind."""
    line = b.Line("It runs on phones", "arg/x", (DOCS,))
    return (
        understood(text, ("photos", "The data are photos", "modality")),
        b.Text(text="Here is everything.", ref="text/1", sources=(DOCS,)),
        b.Notice(text="“pytroch” read as PyTorch", level="info"),
        b.Notice(text="Two wishes clash", level="warning"),
        recommendation(),
        matrix(),
        comparison(),
        caveats(),
        plan(),
        proof(),
        b.Lines(title="Sources", lines=(line, line)),
        b.Card(
            tool="litert",
            name="LiteRT",
            summary="Runtime for phones",
            fields=(b.Field("Licence", "Apache-2.0", (DOCS,)),),
            strengths=(line,),
            weaknesses=(line,),
        ),
        b.Facts(items=fact_items()),
        b.Diff(
            title="If it ran in a browser",
            changes=(
                b.Change("+", "Transformers.js enters"),
                b.Change("-", "LiteRT leaves"),
                b.Change("~", "PyTorch 9 → 7"),
            ),
        ),
        b.Choices(
            text="Which did you mean?",
            options=(b.Option("compare a b", "Compare them"), b.Option("about a", "Tell about one")),
        ),
        question(),
    )


def fact_items(dropped: frozenset[str] = frozenset()) -> tuple[b.FactItem, ...]:
    items = (
        b.FactItem(
            "The data are photos",
            "stated",
            "40,000 labelled photos",
            "modality",
            "image",
            False,
            "hard",
            "fact/modality/image",
        ),
        b.FactItem(
            "It runs inside an Android app",
            "stated",
            "Android app",
            "deployment",
            "android",
            False,
            "hard",
            "fact/deployment/android",
        ),
        b.FactItem(
            "Fine-tuning suits",
            "inferred",
            "a small team with few photos",
            "training",
            "fine_tune",
            False,
            "hard",
            "fact/training/fine_tune",
        ),
        b.FactItem(
            "Python", "default", "nothing else was said", "language", "python", False, "hard", "fact/language/python"
        ),
    )
    return tuple(item for item in items if item.value not in dropped)


class FakeSession:
    """Answers by the first word; counts what it was asked."""

    def __init__(self, id: str, title: str = "", hostile: str = "") -> None:
        self.id, self.title, self.hostile = id, title, hostile
        self.warning: str | None = None
        self.notice: str | None = None
        self.said: list[str] = []
        self.turns: list[Any] = []
        self.dropped: list[str] = []
        self.draft = ""
        self.more = threading.Event()  # a search goes on until it is set
        self.conversation = self

    def panel(self) -> Any:
        if not self.said:
            return SimpleNamespace(facts=b.Facts(items=()), recommendation=None, ask=None, draft="")
        return SimpleNamespace(
            facts=b.Facts(items=fact_items(frozenset(self.dropped))),
            recommendation=recommendation(),
            ask=question(),
            draft=self.draft,
        )

    def say(self, text: str, so_far: Any = None) -> Any:
        self.said.append(text)
        self.title = self.title or text[:60]
        if text == "search":
            so_far((b.Text(text="The first half of the answer."),))
            self.more.wait(60)
        reply = b.Reply(blocks=self._blocks(text), command=self._command(text), argument=text.partition(" ")[2])
        if self.hostile:
            reply = poison(reply, self.hostile)
        turn = SimpleNamespace(number=len(self.turns), text=text, reply=reply, created="2026-11-22T10:00:00")
        self.turns.append(turn)
        return turn

    def details(self, turn: Any) -> tuple[str, ...]:
        return ("engine: none", "acts: inform")

    def _command(self, text: str) -> Any:
        return {"/export": "export", "/quit": "quit"}.get(text.split()[0], "") if text.startswith("/") else ""

    def _blocks(self, text: str) -> tuple[b.AnyBlock, ...]:
        if text == "search":
            return (b.Text(text="The first half of the answer."), b.Text(text="And the second half."))
        if text == "boom":
            raise RuntimeError("[/red] engine lost\x1b[31m")
        if text == "everything":
            return everything(text)
        if text.startswith("/why"):
            return (proof(),)
        if text.startswith("/drop"):
            self.dropped.append(text.split()[-1])
            return (b.Diff(title="Dropped", changes=(b.Change("-", text[6:]),)), recommendation())
        if text == "/plan":
            return (plan(),)
        if text.startswith("/whatif"):
            self.draft = text
            return (b.Diff(title="If it ran in a browser", changes=(b.Change("-", "LiteRT leaves"),)),)
        if text in ("/keep", "/discard"):
            self.draft = ""
            return (b.Text(text="So be it."),)
        if text == "/undo":
            self.dropped.clear()
            return (b.Text(text="Taken back."),)
        if text.startswith("/"):
            return (b.Text(text=f"Done: {text}"),)
        words = understood(
            text,
            ("40,000 labelled photos", "40,000 labelled photos", "data_rows"),
            ("Android", "It runs inside an Android app", "deployment"),
        )
        return (words, recommendation(), caveats(), question())

    def conclusion(self) -> Conclusion:
        return Conclusion(facts=(), stack=(), excluded=(), caveats=(), plan=(), conflicts=(), firings=())

    def export(self, format: str, content: str = "all") -> str:
        what = "" if content == "all" else f" ({content})"
        return f"{format} of {self.id}{what}\n" + "\n".join(turn.text for turn in self.turns)

    def starter(self) -> Project:
        return Project(
            {"README.md": f"starter of {self.id}\n", "docs/why.md": "because\n"}, "", ("A note" + self.hostile,)
        )

    def history(self) -> Sequence[Any]:
        return self.turns


class FakeSessions:
    """All sessions, in memory."""

    def __init__(self, hostile: str = "") -> None:
        self.hostile = hostile
        self.open: dict[str, FakeSession] = {}
        self.deleted: dict[str, FakeSession] = {}
        self.archived: set[str] = set()
        self.tags: dict[str, list[str]] = {}
        self.closed = False

    def new(self) -> FakeSession:
        session = FakeSession(f"s{len(self.open) + len(self.deleted) + 1}", hostile=self.hostile)
        self.open[session.id] = session
        return session

    def resume(self, session: str) -> FakeSession:
        return self.open[session]

    def last(self) -> FakeSession | None:
        return list(self.open.values())[-1] if self.open else None

    def close(self) -> None:
        self.closed = True

    def turns(self, session: str) -> Sequence[Any]:
        return self.open[session].turns

    def list(self, limit: int = 100, *, archived: bool = False) -> Sequence[Any]:
        return [
            SimpleNamespace(
                id=s.id,
                title=s.title,
                created="2026-11-22T10:00:00",
                updated="2026-11-22T10:00:00",
                turns=len(s.turns),
                first_choice="pytorch",
                question="",
                tags=tuple(self.tags.get(s.id, ())),
                archived=archived,
            )
            for s in reversed(list(self.open.values()))
            if (s.id in self.archived) == archived
        ][:limit]

    def hits(self, text: str, limit: int) -> Sequence[Any]:
        found = [info for info in self.list(limit) if text.lower() in info.title.lower()]
        return [SimpleNamespace(session=info, number=0, excerpt=f"…{text}…") for info in found]

    def rename(self, session: str, title: str) -> None:
        self.open[session].title = title

    def tag(self, session: str, add: Iterable[str] = (), remove: Iterable[str] = ()) -> None:
        self.tags[session] = sorted({*self.tags.get(session, ()), *tags_of(add)} - {*remove})

    def duplicate(self, session: str) -> FakeSession:
        copy = self.new()
        copy.title, copy.turns = f"{self.open[session].title} (copy)", list(self.open[session].turns)
        return copy

    def archive(self, session: str, *, back: bool = False) -> None:
        (self.archived.remove if back else self.archived.add)(session)

    def delete(self, session: str) -> None:
        self.deleted[session] = self.open.pop(session)

    def undelete(self, session: str) -> None:
        self.open[session] = self.deleted.pop(session)


def poison(value: Any, hostile: str) -> Any:
    """`value` with `hostile` appended to every text in it, whatever its depth; tags and choices of words stay."""
    if isinstance(value, tuple):
        return tuple(poison(item, hostile) for item in value)
    if isinstance(value, msgspec.Struct):
        keep = {"kind", "level", "change", "sign", "command", "origin", "strength", "phase", "start", "end"}
        found = {f: poison(getattr(value, f), hostile) for f in value.__struct_fields__ if f not in keep}
        return msgspec.structs.replace(value, **found)
    return value + hostile if isinstance(value, str) else value


def tool(id: str, name: str, summary: str, roles: tuple[str, ...], state: str = "active", hostile: str = "") -> Any:
    from assistant.knowledge import model as m

    claim = m.Claim(
        id=f"{id}-1",
        text="It runs on phones" + hostile,
        pillar="production_deployment",
        points=2,
        source="litert-readme",
        verified="2026-11-20",
    )
    return m.Tool(
        id=id,
        name=name + hostile,
        summary=summary + hostile,
        home="https://example.org" + hostile,
        source="litert-readme",
        verified="2026-11-20",
        licence=m.Licence(
            spdx="Apache-2.0",
            kind="permissive",
            note="Free to ship" + hostile,
            source="litert-readme",
            verified="2026-11-20",
        ),
        status=m.Status(
            state=state, evidence="Release of August" + hostile, source="litert-readme", verified="2026-11-20"
        ),
        roles=roles,
        tasks=("image_classification",),
        languages=("python",),
        platforms=("android",),
        strengths=(claim,),
        weaknesses=(claim,),
    )


def knowledge(hostile: str = "") -> Any:
    """Just enough of a `Knowledge` for the tools browser."""
    from assistant.knowledge import model as m

    tools = [tool(id, name, f"{name} in one sentence", ("framework",), hostile=hostile) for id, name in NAMES.items()]
    tools.append(tool("mxnet", "MXNet", "Once a framework", ("framework",), "retired", hostile))
    roles = {
        "framework": m.Role(id="framework", title="Framework" + hostile, purpose="x"),
        "serving": m.Role(id="serving", title="Serving", purpose="y"),
    }
    source = m.Source(
        id="litert-readme", title="LiteRT README" + hostile, url=DOCS.url, kind="repository", verified="2026-11-20"
    )
    pillars = {"production_deployment": m.PillarRecord(id="production_deployment", title="Production")}
    return m.Knowledge(
        version="test",
        verified="2026-11-20",
        slots={},
        roles=roles,
        pillars=pillars,
        acts={},
        sources={source.id: source},
        tools={found.id: found for found in tools},
        rules=(),
        caveats=(),
        questions=(),
        steps=(),
        phrases={},
    )


def backend(sessions: FakeSessions | None = None, hostile: str = "") -> Backend:
    return Backend(sessions or FakeSessions(hostile), knowledge(hostile))
