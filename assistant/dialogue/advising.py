"""The advice as blocks: stack, matrix, caveats, plan, question, and what changed since last time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assistant.dialogue.blocks import (
    Ask,
    CaveatItem,
    Caveats,
    Change,
    Diff,
    Line,
    Matrix,
    MatrixRow,
    Notice,
    Option,
    Plan,
    Recommendation,
    RoleRow,
    Runner,
    StepItem,
    Text,
    scored,
)
from assistant.dialogue.proofs import fact_ref
from assistant.dialogue.wording import Wording, listed, points, within
from assistant.knowledge.facts import Fact
from assistant.knowledge.model import Knowledge, Question
from assistant.reasoning.counterfactual import unfilled
from assistant.reasoning.model import Advice, Argument, Choice, Conclusion, Ranked

REASONS = 3
"""How many reasons a row of the stack gives before it is asked for more."""
RUNNERS_UP = 3
CAVEATS = 4
DIFFERENCES = 14


def assumed(conclusion: Conclusion, earlier: Conclusion | None, wording: Wording) -> Notice | None:
    """What the advice takes for granted and has not said before."""
    before = {fact.key() for fact in earlier.facts} if earlier else set()
    fresh = [f for f in conclusion.facts if f.origin == "default" and f.key() not in before]
    if not fresh or not conclusion.stack:
        return None
    said = listed([wording.fact(fact) for fact in fresh[:5]])
    return Notice(text=f"Until you say otherwise I assume that {said}.", ref="assumed/all")


def leading(conclusion: Conclusion, knowledge: Knowledge) -> Choice | None:
    """The choice that everything else in the stack hangs on."""
    stack = conclusion.stack
    return next((c for c in stack if knowledge.roles[c.role].leads), stack[0] if stack else None)


def recommendation(conclusion: Conclusion, wording: Wording) -> Recommendation | None:
    """The stack, role by role, each with its weightiest reasons; None when nothing can be recommended yet."""
    rows = []
    for choice in conclusion.stack:
        first, *others = choice.ranking
        rows.append(
            RoleRow(
                role=choice.role,
                title=wording.role(choice.role),
                tool=first.tool,
                name=wording.tool(first.tool),
                score=first.score,
                because=tuple(argument_line(a, wording) for a in _weightiest(first)),
                others=tuple(Runner(o.tool, wording.tool(o.tool), o.score) for o in others[:RUNNERS_UP]),
                ref=f"tool/{choice.role}/{first.tool}",
            )
        )
    return Recommendation(rows=tuple(rows)) if rows else None


def holding(conclusion: Conclusion, denied: Iterable[Fact], wording: Wording) -> Iterator[Text]:
    """What holds although it was denied, because the rest implies it."""
    refused = {(fact.slot, fact.value) for fact in denied}
    for fact in conclusion.facts:
        if (fact.slot, fact.value) in refused and not fact.negated:
            text = f"It follows all the same that {wording.fact(fact)}, from what else you said."
            yield Text(text=text, ref=fact_ref(fact))


def firsts(block: Recommendation) -> str:
    """The first choices in a list: `PyTorch (framework) and timm (pre-trained models)`."""
    return listed([f"{row.name} ({within(row.title)})" for row in block.rows])


def _weightiest(ranked: Ranked) -> list[Argument]:
    """The weightiest reasons for it, and the weightiest against it if there is room for honesty."""
    pro = [a for a in ranked.arguments if a.worth > 0]
    con = [a for a in ranked.arguments if a.worth < 0]
    return [*pro[: REASONS - bool(con)], *con[:1]]


def argument_line(argument: Argument, wording: Wording) -> Line:
    """An argument as a sentence with its worth."""
    return Line(
        text=f"{argument.text} ({points(argument.worth)})",
        ref=f"argument/{argument.role}/{argument.tool}/{argument.id}",
        sources=wording.cite(argument.source, argument.verified, argument.layer),
    )


def matrix(
    conclusion: Conclusion, role: str, wording: Wording, *, about: str | None = None, most: int = 6
) -> Matrix | None:
    """The decision matrix of one role: its best candidates by pillar, and the tool that it is `about`."""
    choice = conclusion.choice(role)
    if choice is None:
        return None
    pillars = wording.knowledge.pillars
    rows = []
    further = [ranked for ranked in choice.ranking[most:] if ranked.tool == about]
    for ranked in (*choice.ranking[: most - len(further)], *further):
        worth = ranked.by_pillar()
        rows.append(
            MatrixRow(
                tool=ranked.tool,
                name=wording.tool(ranked.tool),
                score=ranked.score,
                worth=tuple(worth.get(pillar, 0.0) for pillar in pillars),
                ref=f"tool/{role}/{ranked.tool}",
            )
        )
    titles = tuple(pillar.title for pillar in pillars.values())
    return Matrix(role=role, title=wording.role(role), pillars=titles, rows=tuple(rows))


def caveats(items: Iterable[Advice], wording: Wording, *, most: int | None = CAVEATS) -> Caveats | None:
    """Caveats, most serious first; at most `most`, saying how many were left out."""
    found = list(items)
    shown = found if most is None else found[:most]
    if not shown:
        return None
    return Caveats(items=tuple(_caveat(item, wording) for item in shown), more=len(found) - len(shown))


def _caveat(item: Advice, wording: Wording) -> CaveatItem:
    return CaveatItem(
        id=item.id,
        severity=item.severity,
        text=item.text,
        advice=item.advice,
        ref=f"caveat/{item.id}",
        sources=wording.cite(item.source, item.verified, item.layer),
    )


def plan(conclusion: Conclusion, wording: Wording) -> Plan | None:
    """The steps of the proof of concept and of the way to production."""
    items = tuple(
        StepItem(
            id=step.id,
            phase=step.phase,
            text=step.text,
            measure=step.measure,
            falsified_if=step.falsified_if,
            ref=f"step/{step.id}",
            sources=wording.cite(step.source, step.verified, step.layer),
        )
        for step in conclusion.plan
    )
    return Plan(items=items) if items else None


def ask(question: Question) -> Ask:
    """The question as a block."""
    options = tuple(Option(option.value, option.label) for option in question.options)
    ref = f"question/{question.slot}"
    return Ask(
        slot=question.slot, text=question.text, help=question.help, options=options, ref=ref, skipped=question.skipped
    )


def diff(
    before: Conclusion, after: Conclusion, wording: Wording, title: str, *, most: int | None = DIFFERENCES
) -> Diff | None:
    """What differs between two conclusions: first choices, exclusions, caveats, plan; None when nothing does.

    At most `most` differences are told one by one; the rest are counted.
    """
    changes = [*_stack_changes(before, after, wording)]
    was, now = {e.tool for e in before.excluded}, {e.tool for e in after.excluded}
    named = [e for e in after.excluded if e.tool not in was and _matters(e.tool, before)]
    for exclusion in {e.tool: e for e in named}.values():
        changes.append(
            Change("-", f"{wording.tool(exclusion.tool)} is out: {exclusion.text}", f"excluded/{exclusion.tool}")
        )
    for tool in [t for t in dict.fromkeys(e.tool for e in before.excluded) if t not in now and _matters(t, after)]:
        rule = next(e.rule for e in before.excluded if e.tool == tool)
        changes.append(Change("+", f"{wording.tool(tool)} is no longer ruled out", f"gone/rule/{rule}"))
    for kind, old, new in (
        ("Cannot all be met", before.conflicts, after.conflicts),
        ("Caveat", before.caveats, after.caveats),
        ("Step", before.plan, after.plan),
    ):
        had, have = {a.id for a in old}, {a.id for a in new}
        changes += [Change("+", f"{kind}: {a.text}", f"{a.kind}/{a.id}") for a in new if a.id not in had]
        changes += [
            Change("-", f"{kind} no longer applies: {a.text}", f"gone/{a.kind}/{a.id}") for a in old if a.id not in have
        ]
    if most is not None and len(changes) > most:
        more = len(changes) - most
        changes = [
            *changes[:most],
            Change("~", f"and {more} smaller changes; “caveats” and “plan” show all that holds now"),
        ]
    return Diff(title=title, changes=tuple(changes)) if changes else None


def _matters(tool: str, conclusion: Conclusion) -> bool:
    """Whether the tool was, or is, among the first few of some role."""
    return any(tool in [r.tool for r in choice.ranking[:3]] for choice in conclusion.stack)


def _stack_changes(before: Conclusion, after: Conclusion, wording: Wording) -> Iterable[Change]:
    roles = dict.fromkeys([*(c.role for c in after.stack), *(c.role for c in before.stack)])
    for role in roles:
        old, new = before.choice(role), after.choice(role)
        title = wording.role(role)
        if old is None and new is not None:
            first = new.ranking[0]
            ref = f"tool/{role}/{first.tool}"
            yield Change("+", f"{title}: {wording.tool(first.tool)} ({scored(first.score)})", ref)
        elif new is None and old is not None:
            gone = "nothing that I know fits any more" if role in unfilled(after) else "no longer needed"
            yield Change("-", f"{title}: {gone}", f"role/{role}" if role in unfilled(after) else f"gone/role/{role}")
        elif old is not None and new is not None:
            was, now = old.ranking[0], new.ranking[0]
            ref = f"tool/{role}/{now.tool}"
            if was.tool != now.tool:
                yield Change(
                    "~", f"{title}: {wording.tool(now.tool)} ({now.score:g}) instead of {wording.tool(was.tool)}", ref
                )
                yield from _turning(old, new, wording)
            elif was.score != now.score:
                yield Change(
                    "~", f"{title}: {wording.tool(now.tool)} stays first, {was.score:g} → {scored(now.score)}", ref
                )
                yield from _argument_changes(was, now, wording)


def _turning(old: Choice, new: Choice, wording: Wording) -> Iterable[Change]:
    """The weightiest arguments that brought the new first choice to the top, and those that took the old one from it."""
    risen, fallen = new.ranking[0], old.ranking[0]
    had = next((r for r in old.ranking if r.tool == risen.tool), None)
    has = next((r for r in new.ranking if r.tool == fallen.tool), None)
    before = {a.id: a.worth for r in (had, fallen) if r for a in r.arguments}
    after = {a.id: a.worth for r in (risen, has) if r for a in r.arguments}
    shifted: list[tuple[float, Change]] = []
    for ranked, known, sign, tail in (
        (risen, before, "+", ""),
        (had, after, "-", " no longer counts"),
        (has, before, "+", ""),
        (fallen, after, "-", " no longer counts"),
    ):
        for argument in ranked.arguments if ranked else ():
            towards = (argument.worth > 0) == ((ranked in (risen, had)) == (sign == "+"))
            if argument.id not in known and towards:
                text = f"{wording.tool(argument.tool)}: {argument.text} ({points(argument.worth)}){tail}"
                ref = argument_line(argument, wording).ref if sign == "+" else f"gone/argument/{argument.id}"
                shifted.append((-abs(argument.worth), Change("+" if sign == "+" else "-", text, ref)))
    yield from (change for _, change in sorted(shifted, key=lambda pair: pair[0])[:REASONS])


def _argument_changes(was: Ranked, now: Ranked, wording: Wording) -> Iterable[Change]:
    old, new = {a.id: a for a in was.arguments}, {a.id: a for a in now.arguments}
    for argument in now.arguments:
        if argument.id not in old:
            yield Change("+", f"{argument.text} ({points(argument.worth)})", argument_line(argument, wording).ref)
        elif old[argument.id].worth != argument.worth:
            worth = f"{points(old[argument.id].worth)} → {points(argument.worth)}"
            yield Change("~", f"{argument.text} ({worth})", argument_line(argument, wording).ref)
    for argument in was.arguments:
        if argument.id not in new:
            text = f"{argument.text} ({points(argument.worth)}) no longer counts"
            yield Change("-", text, f"gone/argument/{argument.id}")
