"""The acts that ask for reasons: why, why not, says who, how sure, what if, what clashes."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from assistant.dialogue import advising, talking
from assistant.dialogue.asking import about_advice
from assistant.dialogue.blocks import AnyBlock, Notice, Text
from assistant.dialogue.claims import grounds
from assistant.dialogue.events import Asked, Draft, Drop, Put, with_changes
from assistant.dialogue.handling import MANY, Handling
from assistant.dialogue.hypotheses import changes_of
from assistant.dialogue.pointing import claim_in, deeper, role_in
from assistant.dialogue.proofs import fact_ref
from assistant.dialogue.supposing import frees, in_words, left_out, supposed, unused
from assistant.dialogue.updating import as_fact
from assistant.dialogue.wording import listed
from assistant.knowledge.facts import Fact
from assistant.language.model import Act

GROUND = "ground/"
"""Before a claim that was explained and beneath which nothing lies."""

_KEPT = 24  # claims that "why that?" still has before it


class Defending(Handling):
    """Has a handler for each act that asks for reasons."""

    # -- explanations ----------------------------------------------------------------------------------------------

    def _on_why(self, act: Act) -> Iterable[AnyBlock]:
        if self._unheard(act) and not about_advice(self._utterance.text):
            return ()
        explainer, named, conclusion = self._explainer(), self._named(act), self._conclusion()
        refs = self._before.focus.refs
        claim = act.argument if "/" in act.argument else None
        if claim is None and not act.because.startswith("/"):
            claim = self._clash_asked(refs) or claim_in(self._utterance, conclusion, self._words, named)
        values = () if claim or named or act.because.startswith("/") else self._values()
        following = claim is None and not named and not values
        ref = claim or (refs[0] if refs else self._first_claim())
        if values:
            blocks: tuple[AnyBlock, ...] = tuple(self._foresight().if_only(fact) for fact in values)
        elif claim is None and named:
            blocks = tuple(block for tool in self._tools(act)[:MANY] for block in explainer.why_tool(tool.id))
        elif following and not conclusion.stack and not refs:
            return (Text(text=talking.NOTHING_TO_EXPLAIN),)
        elif following and ref.startswith(GROUND):
            ref = refs[1] if len(refs) > 1 else ""
            blocks = (self._ground(refs[0].removeprefix(GROUND), further=bool(ref)),)
            blocks += grounds(self._conversation, ref) if ref else ()
            refs = refs[1:] or refs
        elif changes := changes_of(ref):
            return self._tried(changes)
        else:
            blocks = grounds(self._conversation, ref)
        below = tuple(other for other in deeper(blocks) if other != ref)
        rest = refs[1:] if following else ()
        kept = (*(below or ((f"{GROUND}{ref}",) if following or claim else ())), *rest)
        self._focus = msgspec.structs.replace(self._focus, refs=tuple(dict.fromkeys(kept))[:_KEPT])
        return blocks

    def _first_claim(self) -> str:
        """The claim that "why?" asks about where nothing was said before: the choice that the others hang on."""
        first = advising.leading(self._conclusion(), self._knowledge)
        return f"tool/{first.role}/{first.ranking[0].tool}" if first else ""

    def _ground(self, ref: str, *, further: bool) -> Text:
        """That nothing lies beneath a claim: the person's own words, an assumption, or what is on record."""
        fact = next((fact for fact in self._conclusion().facts if fact_ref(fact) == ref), None)
        if fact is None:
            told = "Beneath that there is only what is on record, with the source that stands beside it"
        elif fact.words is not None:
            told = f"That rests on nothing but your own words: “{fact.words.text}” (message {fact.words.turn + 1})"
        elif fact.origin == "default":
            told = f"That is an assumption, made because you have not said otherwise: {self._words.fact(fact)}"
        else:
            told = f"There is nothing beneath that: {self._words.fact(fact)}"
        return Text(text=f"{told}. The next reason:" if further else f"{told}.", ref=ref)

    def _values(self) -> list[Fact]:
        """What the message asks about that is no tool: Kubernetes, R, a phone."""
        turn = self._conversation.turns
        asked = [as_fact(stated, self._utterance.text, turn) for stated in self._utterance.facts if not stated.negated]
        return [f for f in asked if isinstance(f.value, str) and f.value not in self._knowledge.tools][:MANY]

    def _on_why_not(self, act: Act) -> Iterable[AnyBlock]:
        if not self._named(act) and (values := self._values()):
            yield from (self._foresight().if_only(fact) for fact in values)
            return
        tools = self._tools(act)
        if not tools and not self._utterance.unknown:
            yield Notice(text="Which tool do you mean? Ask, for example, “why not TensorFlow?”.")
        for tool in tools[:MANY]:
            yield from self._explainer().why_not(tool.id)
            yield from self._foresight().smallest_changes(tool.id, every=False)

    def _on_sources(self, act: Act) -> Iterable[AnyBlock]:
        if self._named(act):
            return self._each(act, lambda records, tool: records.about(tool))
        return self._explainer().sources()

    def _on_how_sure(self, act: Act) -> Iterable[AnyBlock]:
        foresight, named = self._foresight(), self._named(act)
        if act.because.startswith("/") or self._unheard(act):
            return () if self._unheard(act) else foresight.how_sure()
        if named:
            return (block for tool in named[:MANY] for block in foresight.how_sure_of(tool))
        turn = self._conversation.turns
        told = [as_fact(stated, self._utterance.text, turn) for stated in self._utterance.facts]
        asked = {(fact.slot, fact.value) for fact in told}
        held = [fact for fact in self._conclusion().facts if (fact.slot, fact.value) in asked and not fact.negated]
        if not told or role_in(self._utterance.text, self._knowledge):
            return foresight.how_sure()
        if not held:
            return (foresight.if_only(fact) for fact in told[:MANY])
        return (
            block for fact in held[:MANY] for block in (*self._explainer().why(fact_ref(fact)), foresight.rests(fact))
        )

    def _on_what_would_change(self, act: Act) -> Iterable[AnyBlock]:
        if self._unheard(act):
            return ()
        foresight, named = self._foresight(), self._named(act)
        leads = {choice.ranking[0].tool: choice.role for choice in self._conclusion().stack}
        if len(named) == 1 and named[0] in leads:  # what would take it from the top, then
            return foresight.changes_of_mind(leads[named[0]])
        if named:
            return (block for tool in named[:MANY] for block in foresight.smallest_changes(tool))
        every = act.because.startswith("/") and act.argument.strip() == "all"
        return foresight.changes_of_mind(role_in(self._utterance.text, self._knowledge), every=every)

    def _on_why_ask(self, act: Act) -> Iterable[AnyBlock]:
        slot = self._before.question
        if slot is None and not act.because.startswith("/") and (asked := self._conversation.next_question()):
            slot = asked.slot
            self._events.append(Asked(slot))
        return self._foresight().why_ask(slot)

    def _on_caveats(self, act: Act) -> Iterable[AnyBlock]:
        if self._asks_what_clashes(act):
            nothing = "Nothing that you have told me stands against anything else: I know tools for all of it together."
            found = self._clashes().block(most=None)
            if found:  # "why that?" is about these, then
                refs = tuple(item.ref for item in found.items)
                self._focus = msgspec.structs.replace(self._focus, refs=refs)
            yield found or Text(text=nothing if self._state.facts else talking.NO_FACTS)
            return
        if self._unheard(act):
            return
        if self._named(act):
            for tool in self._tools(act)[:MANY]:
                yield from talking.weaknesses(tool, self._knowledge, self._conclusion(), self._words)
            return
        caveats = advising.caveats(self._conclusion().caveats, self._words, most=None)
        yield caveats or Text(text="I know of nothing to warn about in what you have told me so far.")

    def _asks_what_clashes(self, act: Act) -> bool:
        """Whether of all that is to be watched the question is what cannot be met together."""
        if act.because.startswith("/"):
            return act.because == "/conflicts"
        return not act.tools and self._speaks_of_clashes()

    def _speaks_of_clashes(self) -> bool:
        phrases = self._knowledge.phrases.get("drafts")
        words: list[str] = phrases.get("clashing", []) if isinstance(phrases, dict) else []
        text = self._utterance.text.lower()
        return any(re.search(rf"\b{re.escape(word)}\b", text) for word in words)

    def _clash_asked(self, refs: tuple[str, ...]) -> str | None:
        """The clash that "why is that a conflict?" is about: the one told last, else the first there is."""
        if (
            self._named(Act("why", tools=tuple(m.tool for m in self._utterance.mentions)))
            or not self._speaks_of_clashes()
        ):
            return None
        told = next((ref for ref in refs if ref.startswith(("clash/", "conflict/"))), None)
        found = None if told else self._clashes().block(most=None)
        return told or (found.items[0].ref if found else None)

    # -- what if ------------------------------------------------------------------------------------------------------

    def _on_what_if(self, act: Act) -> Iterable[AnyBlock]:
        changes = supposed(act, self._utterance, self._state, self._conversation.turns, self._knowledge)
        if not changes:
            unsaid = listed([self._words.slot(slot) for slot in act.slots])
            tail = " Say, for example, “what if we had a GPU?”."
            nothing = f"You have said nothing about {unsaid}, so leaving that out changes nothing."
            freed = "Nothing that you have told me stands against that, so it changes nothing."
            none = (
                freed if frees(self._utterance.text, self._knowledge) else f"I found no fact in that to try out.{tail}"
            )
            yield Notice(text=nothing if unsaid else none)
            return
        yield from self._tried(changes, self._utterance.text)
        rest = unused(self._utterance, self._knowledge)
        self._utterance = msgspec.structs.replace(self._utterance, not_understood=rest)
        if untold := left_out(act, self._utterance, self._knowledge):
            quoted = listed([f"“{part}”" for part in untold])
            yield Notice(text=f"I left out {quoted}, for I found no fact in that. Say it in other words if it matters.")

    def _tried(self, changes: list[Put | Drop], words: str = "") -> Iterable[AnyBlock]:
        """What the changes would make different; they lie on the table until they are kept or discarded."""
        told = in_words(changes, self._state, self._words)
        self._events.append(Draft(tuple(changes), words or f"What if {told}?"))
        facts = with_changes(self._state.facts, changes, self._knowledge.slots)
        before, after = self._conversation.concluded(self._state.facts), self._conversation.concluded(facts)
        difference = advising.diff(before, after, self._words, f"If {told}")
        yield difference or Text(text=f"If {told}: nothing would change in the advice.")
        denied = [c.fact for c in changes if isinstance(c, Put) and c.fact.negated]
        yield from advising.holding(after, denied, self._words)
        yield Text(text="Nothing has changed yet. Say “keep it” to make it so, or “discard”.")

    def _on_keep(self, act: Act) -> Iterable[AnyBlock]:
        if not self._before.draft.changes:
            yield Notice(text="There is no what-if on the table to keep.")

    def _on_discard(self, act: Act) -> Iterable[AnyBlock]:
        text = "The what-if is forgotten." if self._before.draft.changes else "There is no what-if on the table."
        yield Text(text=text)
