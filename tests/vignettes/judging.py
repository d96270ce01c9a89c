"""Project briefs with a practitioner's verdict, and how the advice on a brief is held against it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import yaml

from assistant.dialogue.advisor import Advisor
from assistant.dialogue.conversation import Conversation
from assistant.reasoning.model import Conclusion

FOLDER = Path(__file__).parent


class Vignette(msgspec.Struct, frozen=True):
    """One brief. `acceptable_first` names, by role, the tools a seasoned practitioner would let pass as first choice;
    `wrong_first` those that must come first in no role; each of `must_caveats` is a pattern that some caveat's words
    must match; `basis` is where the verdict comes from, an address or a reason."""

    id: str
    topic: str
    brief: str
    acceptable_first: dict[str, list[str]]
    wrong_first: list[str]
    must_caveats: list[str]
    basis: str


class Verdict(msgspec.Struct, frozen=True):
    """What came of one brief; the three `..._missed`/`wrong` tuples are empty when the advice passes."""

    vignette: Vignette
    acts: tuple[str, ...]  # how the message was taken
    conclusion: Conclusion
    roles_missed: tuple[str, ...]
    wrong: tuple[tuple[str, str], ...]  # (role, tool)
    caveats_missed: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not (self.roles_missed or self.wrong or self.caveats_missed)


class Tally(msgspec.Struct, frozen=True):
    pairs: int
    pairs_met: int
    wrong: int
    caveats: int
    caveats_met: int

    @property
    def choices(self) -> float:
        return self.pairs_met / self.pairs if self.pairs else 1.0

    @property
    def warnings(self) -> float:
        return self.caveats_met / self.caveats if self.caveats else 1.0

    def __str__(self) -> str:
        return (
            f"first choice acceptable {self.pairs_met}/{self.pairs} ({self.choices:.1%}), "
            f"wrong first choices {self.wrong}, "
            f"caveats present {self.caveats_met}/{self.caveats} ({self.warnings:.1%})"
        )


def vignettes() -> tuple[Vignette, ...]:
    """All briefs of this folder, file by file; the topic is the name of the file."""
    found: list[Vignette] = []
    for path in sorted(FOLDER.glob("*.yaml")):
        records: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))["vignettes"]
        found += [msgspec.convert({"topic": path.stem, **record}, Vignette) for record in records]
    return tuple(found)


def judge(advisor: Advisor, vignette: Vignette) -> Verdict:
    """Say the brief as the first words of a conversation and compare what is concluded with the verdict."""
    conversation = Conversation(advisor)
    turn = conversation.say(vignette.brief)
    conclusion = conversation.conclusion()
    firsts = {choice.role: choice.ranking[0].tool for choice in conclusion.stack if choice.ranking}
    warnings = [f"{advice.text} {advice.advice}".lower() for advice in (*conclusion.caveats, *conclusion.conflicts)]
    return Verdict(
        vignette=vignette,
        acts=tuple(act.act for act in turn.utterance.acts),
        conclusion=conclusion,
        roles_missed=tuple(role for role, fine in vignette.acceptable_first.items() if firsts.get(role) not in fine),
        wrong=tuple((role, tool) for role, tool in firsts.items() if tool in vignette.wrong_first),
        caveats_missed=tuple(
            pattern for pattern in vignette.must_caveats if not any(re.search(pattern, words) for words in warnings)
        ),
    )


def tally(verdicts: list[Verdict]) -> Tally:
    pairs = sum(len(verdict.vignette.acceptable_first) for verdict in verdicts)
    caveats = sum(len(verdict.vignette.must_caveats) for verdict in verdicts)
    return Tally(
        pairs=pairs,
        pairs_met=pairs - sum(len(verdict.roles_missed) for verdict in verdicts),
        wrong=sum(len(verdict.wrong) for verdict in verdicts),
        caveats=caveats,
        caveats_met=caveats - sum(len(verdict.caveats_missed) for verdict in verdicts),
    )


def explain(verdict: Verdict, depth: int = 5) -> str:
    """The misses of one brief with what was understood and what was chosen instead, to read."""
    vignette, conclusion = verdict.vignette, verdict.conclusion
    stated = [
        f"{'not ' if fact.negated else ''}{fact.slot}={_plain(fact.key()[1])}"
        for fact in conclusion.facts
        if fact.origin not in ("inferred", "default")
    ]
    inferred = [
        f"{fact.slot}={_plain(fact.key()[1])}" for fact in conclusion.facts if fact.origin in ("inferred", "default")
    ]
    lines = [
        f"{vignette.topic}/{vignette.id}: {vignette.brief}",
        f"  taken as: {', '.join(verdict.acts)}",
        f"  understood: {', '.join(stated) or 'nothing'}",
        f"  inferred: {', '.join(inferred) or 'nothing'}",
    ]
    roles = (*verdict.roles_missed, *(role for role, _ in verdict.wrong if role not in verdict.roles_missed))
    for role in roles:
        choice = conclusion.choice(role)
        ranked = choice.ranking[:depth] if choice else ()
        shown = ", ".join(f"{item.tool} {item.score:g}" for item in ranked) or "no such role in the stack"
        lines.append(f"  {role}: {shown}")
        if role in vignette.acceptable_first:
            wanted = vignette.acceptable_first[role]
            places = {item.tool: place for place, item in enumerate(choice.ranking if choice else (), 1)}
            lines.append("    wanted: " + ", ".join(f"{tool} (place {places.get(tool, '-')})" for tool in wanted))
    lines += [f"  wrong first in {role}: {tool}" for role, tool in verdict.wrong]
    lines += [f"  no caveat says: {pattern}" for pattern in verdict.caveats_missed]
    if verdict.caveats_missed:
        lines.append("    there are: " + ", ".join(advice.id for advice in conclusion.caveats))
    return "\n".join(lines)


def _plain(value: object) -> str:
    low, high = getattr(value, "value", None), getattr(value, "high", None)
    if low is None:
        return str(value)
    return f"{getattr(value, 'op', '')}{low:g}" + (f"..{high:g}" if high is not None else "")
