"""Validated YAML into the records of `model.py`: conditions parsed, filters resolved, references checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

import msgspec
from pydantic import BaseModel

from assistant.knowledge import model, schema
from assistant.knowledge.conditions import ConditionError, bounds, parse
from assistant.knowledge.filters import FILTER_FIELDS, fits
from assistant.knowledge.gathering import Draft, Gathering
from assistant.knowledge.reading import Path_


class Builder(Gathering):
    """Builds the knowledge from the records that were gathered. `findings` tells what was wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.slots: dict[str, model.Slot] = {}
        self.tools: dict[str, model.Tool] = {}

    def build(self, layers: tuple[str, ...]) -> model.Knowledge:
        """Everything that is sound; what is not has been reported in `findings` and is left out."""
        plain = {kind: self._plain(kind) for kind in ("sources", "slots", "roles", "pillars")}
        self.slots = plain["slots"]
        self._check_sources()
        self.tools = dict(sorted(self._tools(frozenset(self.drafts["tools"])).items()))
        rules = tuple(self._rules())
        caveats = tuple(self._caveats())
        steps = tuple(sorted(self._steps(), key=lambda step: (step.phase, step.order, step.id)))
        questions = tuple(sorted(self._questions(), key=lambda question: (question.order, question.slot)))
        days = [
            d.record.verified or ""
            for kind in ("sources", "tools", "rules", "caveats")
            for d in self.drafts[kind].values()
        ]
        return model.Knowledge(
            version="",
            verified=max(days, default=""),
            slots=self.slots,
            roles=plain["roles"],
            pillars=plain["pillars"],
            acts=self.acts,
            sources=plain["sources"],
            tools=self.tools,
            rules=rules,
            caveats=caveats,
            questions=questions,
            steps=steps,
            phrases=self.phrases,
            layers=layers,
        )

    def _plain(self, kind: str) -> dict[str, Any]:
        made = {"sources": model.Source, "slots": model.Slot, "roles": model.Role, "pillars": model.PillarRecord}[kind]
        return {
            key: msgspec.convert(draft.record.model_dump(exclude_none=True), made)
            for key, draft in self.drafts[kind].items()
        }

    def _check_sources(self) -> None:
        for kind in ("tools", "rules", "caveats", "steps"):
            for draft in self.drafts[kind].values():
                for path, source in _sources_in(draft.record):
                    if source not in self.drafts["sources"]:
                        self.findings.append(
                            draft.finding(f"there is no source {source!r}", "an id of a `sources:` list", path)
                        )

    def _condition(
        self, draft: Draft, when: Any, path: Path_ = ("when",), *, advice: bool = False
    ) -> model.Condition | None:
        """The parsed condition; reports what is wrong and raises _Unsound."""
        if when is None:
            return None
        try:
            return parse(when, self.slots, frozenset(self.drafts["tools"]), advice=advice)
        except ConditionError as error:
            name = getattr(draft.record, "id", None) or draft.record.slot
            self.findings.append(draft.finding(f"{name}: when: {error}", error.expected, (*path, *error.path)))
            raise _Unsound from None

    def _ids(self, draft: Draft, ids: Iterable[str], known: Iterable[str], what: str, path: Path_) -> tuple[str, ...]:
        known = frozenset(known)
        kept = []
        for number, one in enumerate(ids):
            if one in known:
                kept.append(one)
            else:
                name = getattr(draft.record, "id", "")
                self.findings.append(draft.finding(f"{name}: there is no {what} {one!r}", "", (*path, number)))
        return tuple(kept)

    def _values(self, draft: Draft, slot: str, ids: list[str], field: str) -> tuple[str, ...]:
        return self._ids(
            draft,
            ids,
            (v.id for v in self.slots[slot].values) if slot in self.slots else (),
            f"value of {slot}",
            (field,),
        )

    def _tools(self, known: frozenset[str]) -> dict[str, model.Tool]:
        made: dict[str, model.Tool] = {}
        for key, draft in self.drafts["tools"].items():
            record: schema.Tool = draft.record
            cited = _vouched(record)

            def part(value: Any, cited: dict[str, str] = cited) -> dict[str, Any]:
                return {**value.model_dump(exclude={"source", "basis", "verified"}), **_vouched(value, cited)}

            made[key] = model.Tool(
                id=record.id,
                name=record.name,
                summary=record.summary,
                home=record.home,
                **cited,
                licence=model.Licence(**part(record.licence)),
                status=model.Status(**part(record.status)),
                release=model.Release(**part(record.release)) if record.release else None,
                repository=record.repository,
                packages=dict(sorted(record.packages.items())),
                say=tuple(record.say),
                needs_context=record.needs_context,
                roles=self._ids(draft, record.roles, self.drafts["roles"], "role", ("roles",)),
                tasks=self._values(draft, "task", record.tasks, "tasks"),
                modalities=self._values(draft, "modality", record.modalities, "modalities"),
                languages=self._values(draft, "language", record.languages, "languages"),
                platforms=self._values(draft, "deployment", record.platforms, "platforms"),
                os=self._values(draft, "os", record.os, "os"),
                hardware=self._values(draft, "hardware", record.hardware, "hardware"),
                scale=tuple(record.scale),
                learning_curve=record.learning_curve,
                strengths=tuple(self._claims(draft, "strengths", cited)),
                weaknesses=tuple(self._claims(draft, "weaknesses", cited)),
                works_with=self._ids(draft, record.works_with, known, "tool", ("works_with",)),
                replaces=self._ids(draft, record.replaces, known, "tool", ("replaces",)),
                superseded_by=self._ids(draft, record.superseded_by, known, "tool", ("superseded_by",)),
                implies=self._implies(draft),
                layer=draft.layer,
            )
        return made

    def _implies(self, draft: Draft) -> dict[str, tuple[str, ...]]:
        made: dict[str, tuple[str, ...]] = {}
        for slot, values in draft.record.implies.items():
            if slot not in self.slots:
                self.findings.append(draft.finding(f"there is no slot {slot!r}", "", ("implies", slot)))
                continue
            listed = values if isinstance(values, list) else [values]
            made[slot] = self._values(draft, slot, listed, "implies")
        return made

    def _claims(self, draft: Draft, field: str, cited: dict[str, str]) -> Iterator[model.Claim]:
        for number, claim in enumerate(getattr(draft.record, field)):
            path: Path_ = (field, number)
            try:
                when = self._condition(draft, claim.when, (*path, "when"))
            except _Unsound:
                continue
            sign = 1 if field == "strengths" else -1
            yield model.Claim(
                id=f"{draft.record.id}/{'+' if sign > 0 else '-'}{number + 1}",
                text=claim.text,
                pillar=claim.pillar,
                points=sign * claim.points,
                **_vouched(claim, cited),
                when=when,
                roles=self._ids(draft, claim.roles, self.drafts["roles"], "role", (*path, "roles")),
            )

    def _rules(self) -> Iterator[model.Rule]:
        for draft in self.drafts["rules"].values():
            record: schema.Rule = draft.record
            try:
                when = self._condition(draft, record.when, advice=record.conflict is not None)
                effect = self._effect(draft, record)
            except _Unsound:
                continue
            if when is not None:
                yield model.Rule(
                    id=record.id,
                    when=when,
                    effect=effect,
                    because=record.because,
                    **_vouched(record),
                    file=draft.document.name,
                    line=draft.document.place(draft.path)[0],
                    layer=draft.layer,
                )

    def _effect(self, draft: Draft, record: schema.Rule) -> model.Effect:
        roles = self._ids(draft, record.roles, self.drafts["roles"], "role", ("roles",))
        derived = record.then if record.then is not None else record.default
        if derived is not None:
            return model.Infer(facts=self._derived(draft, derived), default=record.default is not None)
        if record.need is not None:
            return model.Need(roles=self._ids(draft, record.need, self.drafts["roles"], "role", ("need",)))
        if record.exclude is not None:
            tools, of = self._targets(draft, record.exclude, "exclude")
            return model.Exclude(tools=tools, of=of, roles=roles)
        if record.conflict is not None:
            return model.Conflict()
        field, sign = ("for", 1) if record.for_ is not None else ("against", -1)
        tools, of = self._targets(draft, record.for_ if sign > 0 else record.against, field)
        return model.Argue(
            points=sign * (record.points or 0), pillar=record.pillar or "", tools=tools, of=of, roles=roles
        )

    def _derived(self, draft: Draft, derived: dict[str, str | list[str]]) -> tuple[tuple[str, str], ...]:
        facts: list[tuple[str, str]] = []
        for slot, values in derived.items():
            if slot not in self.slots or self.slots[slot].kind not in ("single", "set"):
                self.findings.append(
                    draft.finding(
                        f"{draft.record.id}: nothing can be derived for {slot!r}", "a slot with values", ("then",)
                    )
                )
                raise _Unsound
            listed = values if isinstance(values, list) else [values]
            facts += [(slot, value) for value in self._values(draft, slot, listed, "then")]
        if not facts:
            raise _Unsound
        return tuple(facts)

    def _targets(self, draft: Draft, target: Any, field: str) -> tuple[tuple[str, ...], str | None]:
        """Tool ids that a list or filter names, or the tools slot of `{of: slot}`."""
        if isinstance(target, list):
            return self._ids(draft, target, self.tools, "tool", (field,)), None
        if set(target) == {"of"}:
            if target["of"] not in self.slots or self.slots[target["of"]].kind != "tools":
                self.findings.append(
                    draft.finding(
                        f"{target['of']!r} is no slot of tools",
                        "existing_stack, considering, avoid or migrating_from",
                        (field, "of"),
                    )
                )
                raise _Unsound
            return (), target["of"]
        wanted = {k: v for k, v in target.items() if k != "not"}
        refused = target.get("not", {})
        for name in (*wanted, *(refused if isinstance(refused, dict) else ())):
            if name not in FILTER_FIELDS:
                self.findings.append(
                    draft.finding(
                        f"{draft.record.id}: a filter has no field {name!r}", ", ".join(FILTER_FIELDS), (field, name)
                    )
                )
                raise _Unsound
        found = tuple(t.id for t in self.tools.values() if fits(t, wanted) and not (refused and fits(t, refused)))
        if not found:
            self.findings.append(
                draft.finding(f"{draft.record.id}: the filter fits no tool", "", (field,), level="warning")
            )
        return found, None

    def _speaking(self, kind: str) -> Iterator[tuple[Draft, model.Condition | None, tuple[str, ...]]]:
        """The sound caveats or steps, each with its condition and the tools that it is about (empty: any)."""
        for draft in self.drafts[kind].values():
            try:
                when = self._condition(draft, draft.record.when, advice=True)
                about = self._targets(draft, draft.record.about, "about")[0]
            except _Unsound:
                continue
            if about or not draft.record.about:  # with nothing left to speak about it would hold for everybody
                yield draft, when, about

    def _caveats(self) -> Iterator[model.Caveat]:
        for draft, when, about in self._speaking("caveats"):
            record: schema.Caveat = draft.record
            yield model.Caveat(
                id=record.id,
                severity=record.severity,
                text=record.text,
                advice=record.advice,
                **_vouched(record),
                when=when,
                about=about,
                layer=draft.layer,
            )

    def _steps(self) -> Iterator[model.Step]:
        for draft, when, about in self._speaking("steps"):
            record: schema.Step = draft.record
            yield model.Step(
                id=record.id,
                phase=record.phase,
                order=record.order,
                text=record.text,
                measure=record.measure,
                falsified_if=record.falsified_if,
                **_vouched(record),
                when=when,
                about=about,
                layer=draft.layer,
            )

    def _questions(self) -> Iterator[model.Question]:
        for key, draft in self.drafts["questions"].items():
            record: schema.Question = draft.record
            slot = self.slots.get(key)
            if slot is None:
                self.findings.append(draft.finding(f"there is no slot {key!r}", "", ("slot",)))
                continue
            for number, option in enumerate(record.options):
                try:
                    if slot.kind == "quantity":
                        bounds(option.value, slot.unit)
                    elif slot.kind in ("single", "set") and option.value not in {v.id for v in slot.values}:
                        raise ConditionError(f"{option.value!r} is no value of {key}")
                except ConditionError as error:
                    self.findings.append(draft.finding(str(error), error.expected, ("options", number, "value")))
            try:
                when = self._condition(draft, record.when)
            except _Unsound:
                continue
            yield model.Question(
                slot=key,
                text=record.text,
                help=record.help,
                order=record.order,
                skipped=record.skipped,
                when=when,
                options=tuple(
                    model.Option(value=o.value, label=o.label, say=tuple(o.say), share=o.share) for o in record.options
                ),
            )


class _Unsound(Exception):
    """The record is left out; why has been reported."""


def _vouched(claim: Any, record: dict[str, str] | None = None) -> dict[str, str]:
    """Source and day of a claim, its own or those of the record that holds it."""
    own = {"source": claim.source, "verified": claim.verified}
    said = (record or {"source": "", "verified": ""}) | {key: value for key, value in own.items() if value}
    if getattr(claim, "basis", "source") == "judgement":
        said["source"] = model.JUDGEMENT + said["source"].removeprefix(model.JUDGEMENT)
    return said


def _sources_in(record: Any, path: Path_ = ()) -> Iterator[tuple[Path_, str]]:
    """All source ids that a record names, with their paths."""
    if isinstance(record, BaseModel):
        for name in type(record).model_fields:
            value = getattr(record, name)
            if name == "source" and value:
                yield (*path, name), value
            elif isinstance(value, BaseModel | list):
                yield from _sources_in(value, (*path, name))
    elif isinstance(record, list):
        for number, item in enumerate(record):
            yield from _sources_in(item, (*path, number))


def content_version(texts: Iterable[tuple[str, bytes]]) -> str:
    """A short name for exactly this knowledge: a hash over names and contents of all files, in order."""
    digest = sha256()
    for name, content in texts:
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:12]
