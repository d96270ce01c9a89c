"""Answers from a tool's record: about, status, licence, capability, migration, alternatives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.dialogue.blocks import (
    AnyBlock,
    Capability,
    Card,
    Citation,
    Field,
    Finding,
    Licence,
    Line,
    Lines,
    Notice,
    Status,
    Text,
    scored,
)
from assistant.dialogue.comparing import Comparer
from assistant.dialogue.wording import Wording, listed, sentence
from assistant.knowledge.model import Claim, Tool
from assistant.language.model import Stated
from assistant.reasoning.model import Conclusion, Ranked

_STATUS = {
    "active": "is actively developed",
    "maintenance": "is in maintenance mode",
    "archived": "is archived",
    "superseded": "has been superseded",
    "retired": "is retired",
}
_LICENCE = {
    "permissive": "You may use it in a closed product and sell it; keep the licence notice",
    "weak_copyleft": "You may use it in a closed product; changes to the library itself must be published",
    "copyleft": "A program that you distribute with it must come under the same licence",
    "network_copyleft": "A program or service built on it must publish its source under the same licence, or you buy another licence",
    "source_available": "The source can be read, but production use is restricted by the terms; read them before you build on it",
    "non_commercial": "Not for commercial use",
    "proprietary": "It is not open source; its terms of service or its end-user licence decide",
}
_FIELDS = (
    ("tasks", "task"),
    ("modalities", "modality"),
    ("languages", "language"),
    ("platforms", "deployment"),
    ("os", "os"),
    ("hardware", "hardware"),
)
_LABELS = {
    "tasks": "Made for",
    "modalities": "Data",
    "languages": "Used from",
    "platforms": "Runs",
    "os": "Systems",
    "hardware": "Hardware",
}


class Records:
    """Answers about tools, related to the project where one is described."""

    def __init__(self, wording: Wording, conclusion: Conclusion) -> None:
        self._words = wording
        self._conclusion = conclusion

    # -- one tool --------------------------------------------------------------------------------------

    def about(self, tool: Tool) -> tuple[AnyBlock, ...]:
        """The record, and how the tool stands in this project."""
        cite = self._words.cite
        fields = [Field("Roles", listed([self._words.as_role(role) for role in tool.roles]))] if tool.roles else []
        for field, slot in _FIELDS:
            values: tuple[str, ...] = getattr(tool, field)
            if values:
                fields.append(Field(_LABELS[field], listed([self._words.value(slot, value) for value in values])))
        if tool.learning_curve:
            fields.append(Field("Learning curve", tool.learning_curve))
        if tool.release:
            release = tool.release
            fields.append(
                Field(
                    "Latest release",
                    f"{release.version} ({release.date})",
                    cite(release.source, release.verified, tool.layer),
                )
            )
        fields += [
            Field(
                "Status",
                f"{tool.status.state}: {tool.status.evidence}",
                cite(tool.status.source, tool.status.verified, tool.layer),
            ),
            Field("Licence", self._licence_text(tool), cite(tool.licence.source, tool.licence.verified, tool.layer)),
        ]
        if tool.works_with:
            fields.append(Field("Works with", listed([self._words.tool(other) for other in tool.works_with])))
        if tool.superseded_by:
            fields.append(Field("Superseded by", listed([self._words.tool(other) for other in tool.superseded_by])))
        fields.append(Field("Home", tool.home))
        card = Card(
            tool=tool.id,
            name=tool.name,
            summary=tool.summary,
            fields=tuple(fields),
            strengths=tuple(self._claim(claim, tool) for claim in tool.strengths),
            weaknesses=tuple(self._claim(claim, tool) for claim in tool.weaknesses),
            sources=cite(tool.source, tool.verified, tool.layer),
        )
        return (card, *self.standing(tool.id))

    def standing(self, tool: str) -> tuple[AnyBlock, ...]:
        """One sentence on where the tool stands in this project, if there is one."""
        name = self._words.tool(tool)
        excluded = next((e for e in self._conclusion.excluded if e.tool == tool and not e.roles), None)
        if excluded and self._conclusion.stack:
            return (Text(text=f"In your project it is ruled out: {excluded.text}.", ref=f"excluded/{tool}"),)
        for choice in self._conclusion.stack:
            for place, ranked in enumerate(choice.ranking, 1):
                if ranked.tool == tool:
                    role = self._words.as_role(choice.role)
                    text = f"In your project {name} is number {place} of {len(choice.ranking)} for {role} ({scored(ranked.score)})."
                    return (Text(text=text, ref=f"tool/{choice.role}/{tool}"),)
        if self._conclusion.stack:
            return (Text(text=f"In your project {name} is no candidate for any role.", ref=f"excluded/{tool}"),)
        return ()

    def _claim(self, claim: Claim, tool: Tool) -> Line:
        ref = f"claim/{tool.id}/{claim.id}"
        return Line(claim.text, ref, self._words.cite(claim.source, claim.verified, tool.layer))

    def status(self, tool: Tool) -> tuple[AnyBlock, ...]:
        """Whether the tool is alive, with the evidence and where to go if not."""
        text = f"{tool.name} {_STATUS[tool.status.state]}. {sentence(tool.status.evidence)}"
        if tool.release and tool.release.version not in tool.status.evidence:
            text += f" Latest release known here: {tool.release.version} ({tool.release.date})."
        sources = self._words.cite(tool.status.source, tool.status.verified, tool.layer)
        block = Status(
            tool=tool.id,
            state=tool.status.state,
            evidence=tool.status.evidence,
            text=text,
            version=tool.release.version if tool.release else "",
            released=tool.release.date if tool.release else "",
            successors=tool.superseded_by,
            sources=sources,
        )
        return (block, *self._successors(tool), *self.standing(tool.id))

    def _successors(self, tool: Tool) -> tuple[AnyBlock, ...]:
        if not tool.superseded_by:
            return ()
        lines = tuple(self._pointer(other) for other in tool.superseded_by)
        return (Lines(title=f"Where to go from {tool.name}", lines=lines),)

    def _pointer(self, tool: str) -> Line:
        record = self._words.knowledge.tools[tool]
        text = f"{record.name}: {record.summary} ({record.licence.spdx}, {record.status.state})"
        return Line(text, f"record/about/{tool}", self._words.cite(record.source, record.verified, record.layer))

    def licence(self, tool: Tool) -> tuple[AnyBlock, ...]:
        """The licence and what it means for a product."""
        sources = self._words.cite(tool.licence.source, tool.licence.verified, tool.layer)
        return (
            Licence(
                tool=tool.id,
                spdx=tool.licence.spdx,
                kind=tool.licence.kind,
                meaning=_LICENCE[tool.licence.kind],
                text=f"{tool.name}: {self._licence_text(tool)}.",
                sources=sources,
            ),
            Notice(text="This is a summary by engineers, not legal advice; read the licence before you ship."),
            *self.standing(tool.id),
        )

    def _licence_text(self, tool: Tool) -> str:
        note = tool.licence.note or _LICENCE[tool.licence.kind]
        return f"{tool.licence.spdx}. {note}"

    def capability(
        self, tool: Tool, wanted: Iterable[tuple[str, str]], partners: Iterable[str], spoken: Sequence[Claim] = ()
    ) -> tuple[AnyBlock, ...]:
        """Whether the record says that the tool supports each wanted value or works with each partner.

        `spoken` are the claims of the record that speak of what is asked, where it is neither.
        """
        found: list[Finding] = []
        claims: list[Line] = []
        sources = self._words.cite(tool.source, tool.verified, tool.layer)
        fields = {slot: field for field, slot in _FIELDS}
        for slot, value in wanted:
            field = fields.get(slot)
            if field is not None:
                found.append(self._supports(tool, slot, value, getattr(tool, field), sources))
                title = self._words.value(slot, value)
                claims += [self._claim(c, tool) for c in (*tool.strengths, *tool.weaknesses) if _mentions(c, title)]
        for other in partners:
            partner = self._words.knowledge.tools[other]
            if other in tool.works_with or tool.id in partner.works_with:
                text = f"Yes: {tool.name} works with {partner.name}"
                found.append(Finding("works_with", other, "yes", text, sources))
            else:
                text = (
                    f"Not known: neither record says that {tool.name} and {partner.name} work together; see {tool.home}"
                )
                found.append(Finding("works_with", other, "unknown", text, sources))
        if not found and spoken:
            lines = tuple(self._claim(claim, tool) for claim in spoken)
            title = f"No list in the record of {tool.name} has that; what it says of it"
            return (Lines(title=title, lines=lines), *self.standing(tool.id))
        if not found:
            return (Text(text=f"I have no record of that about {tool.name}; this is what I know."), *self.about(tool))
        block = Capability(
            tool=tool.id,
            title=f"What {tool.name} supports",
            lines=tuple(dict.fromkeys(found)),
            claims=tuple(dict.fromkeys(claims)),
        )
        return (block, *self.standing(tool.id))

    def _supports(
        self, tool: Tool, slot: str, value: str, offers: tuple[str, ...], sources: tuple[Citation, ...]
    ) -> Finding:
        """Whether the record lists a value; silence is no no."""
        title, ref = self._words.value(slot, value), f"record/about/{tool.id}"
        if value in offers:
            return Finding(slot, value, "yes", f"Yes, by the record of {tool.name}: {title}", sources, ref)
        if offers:
            told = listed([self._words.value(slot, offer) for offer in offers])
            text = f"No, not by the record of {tool.name}: it lists {told}, not {title}"
            return Finding(slot, value, "no", text, sources, ref, offers)
        text = f"Not known: the record of {tool.name} says nothing about {self._words.slot(slot)}; see {tool.home}"
        return Finding(slot, value, "unknown", text, sources, ref)

    # -- several tools ---------------------------------------------------------------------------------

    def alternatives(self, tool: Tool, *, leaving: bool = False) -> tuple[AnyBlock, ...]:
        """What else fills the tool's roles: by this project's ranking if it has one, else by shared tasks."""
        ranked = [
            (choice, [r for r in choice.ranking if r.tool != tool.id])
            for choice in self._conclusion.stack
            if choice.role in tool.roles
        ]
        blocks: list[AnyBlock] = []
        if leaving or tool.status.state != "active":
            blocks += [*self.status(tool)[:1], *self._successors(tool)]
        for choice, others in ranked:
            if others:
                lines = tuple(self._ranked_line(choice.role, r) for r in others[:5])
                title = f"Instead of {tool.name}, for {self._words.as_role(choice.role)} in your project"
                blocks.append(Lines(title=title, lines=lines))
        if not any(others for _, others in ranked):
            kin = [other for other in self._kin(tool) if not blocks or other not in tool.superseded_by]
            if kin:
                lines = tuple(self._pointer(other) for other in kin)
                blocks.append(Lines(title=f"Other tools that do what {tool.name} does", lines=lines))
            elif not blocks:
                blocks.append(Text(text=f"I know no other tool that does what {tool.name} does."))
        return tuple(blocks)

    def instead(self, tool: Tool) -> tuple[str, ...]:
        """The ids of the tools that `alternatives` shows, in its order."""
        fallen = tool.superseded_by if tool.status.state != "active" else ()
        choices = [choice for choice in self._conclusion.stack if choice.role in tool.roles]
        ranked = [r.tool for choice in choices for r in [r for r in choice.ranking if r.tool != tool.id][:5]]
        return tuple(dict.fromkeys((*fallen, *(ranked or self._kin(tool)))))

    def _ranked_line(self, role: str, ranked: Ranked) -> Line:
        record = self._words.knowledge.tools[ranked.tool]
        text = f"{record.name} ({scored(ranked.score)}): {record.summary}"
        return Line(text, f"tool/{role}/{ranked.tool}", self._words.cite(record.source, record.verified, record.layer))

    def _kin(self, tool: Tool, most: int = 6) -> list[str]:
        """Live tools that share a role, nearest first: more shared tasks, then the alphabet."""
        tools = self._words.knowledge.tools.values()
        kin = [
            t
            for t in tools
            if t.id != tool.id
            and t.status.state in ("active", "maintenance")
            and set(t.roles) & set(tool.roles)
            and (not tool.tasks or not t.tasks or set(t.tasks) & set(tool.tasks))
            and (not tool.languages or not t.languages or set(t.languages) & set(tool.languages))
        ]
        wanted = set(tool.superseded_by)
        kin.sort(key=lambda t: (t.id not in wanted, tool.id not in t.replaces, -_overlap(t, tool), t.id))
        return [t.id for t in kin[:most]]

    def migrate(self, tool: Tool) -> tuple[AnyBlock, ...]:
        """Where to go from a tool."""
        return self.alternatives(tool, leaving=True)

    def compare(self, tools: list[Tool]) -> tuple[AnyBlock, ...]:
        """Tools side by side: for this project when they compete in it, else in general, by their records."""
        comparer = Comparer(self._words, self._conclusion)
        if not comparer.described:
            return (comparer.in_general(tools),)
        block = comparer.for_project(tools)
        beside = [tool for tool in tools if block is None or tool.id not in block.tools]
        return (block or comparer.in_general(tools), *(b for tool in beside for b in self.standing(tool.id)))


def asked_of(facts: Sequence[Stated]) -> list[Stated]:
    """What is asked of a tool: the facts of the question, without the tasks that the words for other facts imply."""
    told = {place for fact in facts if fact.slot != "task" for place in range(fact.start, fact.end)}
    return [fact for fact in facts if fact.slot != "task" or told.isdisjoint(range(fact.start, fact.end))]


def _overlap(one: Tool, other: Tool) -> int:
    return len(set(one.tasks) & set(other.tasks)) + len(set(one.modalities) & set(other.modalities))


def _mentions(claim: Claim, title: str) -> bool:
    """Whether a claim has the last word of a value's title: `Kubernetes` of `on Kubernetes`."""
    return re.search(rf"\b{re.escape(title.split()[-1])}\b", claim.text, re.IGNORECASE) is not None
