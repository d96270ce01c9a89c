"""All that is known about words, built once from the knowledge: one tree of phrases and what they say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import pairwise

import msgspec

from assistant.knowledge.model import Knowledge, Slot, Tool
from assistant.language import phrases
from assistant.language.entry import Entry
from assistant.language.indexing import Index, load_index
from assistant.language.patterns import Patterns, expanded, written
from assistant.language.quantities import Quantities
from assistant.language.ranking import Ranking, shipped
from assistant.language.repair import Neighbours, Repairs, is_english
from assistant.language.tokens import Token, Tokeniser
from assistant.language.trie import Growing, Trie

LANGUAGE = "language"
"""The slot whose values are names as those of tools are."""

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_ONE = 10  # letters of two words that nobody takes for another word when they are written as one
_ASIDE = re.compile(r"\s*\([^)]*\)")


class Lexicon:
    """The vocabulary in the form that reading needs. Build once, share freely: reading never changes it."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        spelling = phrases.part(knowledge, "spelling", phrases.Spelling)
        self.tokeniser = Tokeniser(spelling.same, spelling.expand)
        self.negation = phrases.part(knowledge, "negation", phrases.Negation)
        self.strength = phrases.part(knowledge, "strength", phrases.StrengthWords)
        self.numbers = phrases.part(knowledge, "numbers", phrases.Numbers)
        self.units = phrases.part(knowledge, "units", phrases.Units)
        self.company = phrases.part(knowledge, "context", phrases.CompanyRules)
        self.role_cues = phrases.part(knowledge, "roles", phrases.RoleCues)
        self.answers = phrases.part(knowledge, "answers", phrases.Answers)
        self.conflicts = phrases.part(knowledge, "conflicts", phrases.Conflicts)
        small = phrases.part(knowledge, "stopwords", phrases.Stopwords)
        self.stopwords = frozenset(small.words)
        self.slang = frozenset(spelling.words)
        self.fillers = frozenset(small.fillers)
        self.nestable = frozenset(self.company.nestable)
        self.unrecorded = phrases.part(knowledge, "names", phrases.Names).names
        index = load_index(knowledge, self._gathered)
        self.trie = Trie(index.roots, index.entries)
        self.tool_words = index.names  # for guesses about unknown ones
        self._key_words = index.keys
        self._words = index.words
        self._pairs = index.pairs
        self.exact = Patterns(index.exact)
        """Patterns of whole messages."""
        self.ellipses = Patterns(index.ellipses)
        """Patterns of whole messages that ask the last question again, by what is new in them: `tool` or `value`."""
        self.cues = Patterns(index.cues)
        """Patterns that may stand anywhere in a sentence."""
        self.described = Patterns(index.described, skip=4)
        """Patterns of descriptions; each is named by its slot and value, with a space between."""
        self.quantities = Quantities(self.numbers, self.units, self.stopwords)

    @property
    def ranking(self) -> Ranking:
        """The weights that rank acts, read when the first message comes."""
        return shipped()

    @property
    def tasks(self) -> Ranking:
        """The weights that guess the task of a project whose words no rule knows."""
        return shipped("tasks")

    @property
    def roles(self) -> Ranking:
        """The weights that tell what a tool is to the person where no cue does."""
        return shipped("roles")

    @property
    def naming(self) -> Ranking:
        """The weights that tell whether an ordinary word is meant as a name."""
        return shipped("names")

    @cached_property
    def given_names(self) -> frozenset[str]:
        """Names of people that tools and languages bear too."""
        return frozenset(self._lookalikes.people)

    @cached_property
    def lookalikes(self) -> frozenset[str]:
        """Ordinary words that tools and languages bear as names."""
        return frozenset(self._lookalikes.words)

    @cached_property
    def familiar(self) -> frozenset[str]:
        """Those of them that are names more often than not where machine learning is spoken of."""
        return frozenset(self.company.tools.familiar)

    @cached_property
    def _lookalikes(self) -> phrases.Lookalikes:
        return phrases.part(self.knowledge, "lookalikes", phrases.Lookalikes)

    @cached_property
    def guessing(self) -> phrases.Guessing:
        """What tasks work on, and which of them say where a model runs."""
        return phrases.part(self.knowledge, "guessing", phrases.Guessing)

    def title(self, slot: str, value: str) -> str:
        """How a value is called."""
        return next(known.title for known in self.knowledge.slots[slot].values if known.id == value)

    def has_unknown(self, tokens: Sequence[Token]) -> bool:
        """Whether a word occurs in no phrase at all, nor in a name."""
        known = self.known
        return any(t.word not in known and t.fold not in known and t.word not in self.stopwords for t in tokens)

    @cached_property
    def _acts(self) -> phrases.ActCues:
        return phrases.part(self.knowledge, "acts", phrases.ActCues)

    @cached_property
    def _descriptions(self) -> phrases.Descriptions:
        return phrases.part(self.knowledge, "descriptions", phrases.Descriptions)

    @cached_property
    def verbs(self) -> frozenset[str]:
        """Verbs whose form with -s is a noun: "labels" is no labelling."""
        return frozenset(self._descriptions.verbs)

    @property
    def asking(self) -> phrases.Asking:
        """How questions begin."""
        return self._acts.asking

    @cached_property
    def formats(self) -> dict[str, str]:
        """Export formats by the words for them."""
        return self._acts.formats

    @cached_property
    def domain(self) -> frozenset[str]:
        """Words that show that a message is about machine learning at all."""
        return frozenset(map(self.tokeniser.fold, (*self._acts.domain, *self._acts.formats)))

    @cached_property
    def comparing(self) -> frozenset[str]:
        """Words that weigh one thing against another."""
        return frozenset(map(self.tokeniser.fold, self._acts.comparing))

    @cached_property
    def known(self) -> frozenset[str]:
        """Every word of the vocabulary: none of them is misspelt."""
        return self._words | self.slang | self.exact.words | self.cues.words | self.described.words

    @cached_property
    def repairs(self) -> Repairs:
        """What finds misspelt words."""
        pairs = msgspec.msgpack.decode(self._pairs, type=Neighbours)
        return Repairs(frozenset(self.tool_words), self._key_words, self.known, pairs, self.stopwords)

    def _gathered(self) -> Index:
        """The index, from the knowledge itself."""
        known = _Gathering(self)
        acts, says, fold = self._acts, self._descriptions.says, self.tokeniser.folds
        described = {f"{slot} {value}": texts for slot, values in says.items() for value, texts in values.items()}
        return Index(
            roots=known.trie.roots(),
            entries=known.trie.payloads,
            names=known.tool_words,
            keys=frozenset(known.key_words),
            words=frozenset(known.trie.words()),
            pairs=msgspec.Raw(msgspec.msgpack.encode(Neighbours.of(known.pairs))),
            exact=written(acts.exact, fold),
            ellipses=written(acts.ellipses, fold),
            cues=written(acts.cues | acts.not_in_scope, fold),
            described=written(described, fold),
        )


class _Gathering:
    """All phrases of the knowledge as one growing tree."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.knowledge, self.tokeniser, self.unrecorded = lexicon.knowledge, lexicon.tokeniser, lexicon.unrecorded
        self.company, self.role_cues, self.strength = lexicon.company, lexicon.role_cues, lexicon.strength
        self.negation, self.numbers, self.units = lexicon.negation, lexicon.numbers, lexicon.units
        self.lookalikes = lexicon.lookalikes
        self.trie: Growing[Entry] = Growing()
        self.tool_words: dict[str, str] = {}  # one-word names, for guesses about unknown ones
        self.key_words: set[str] = set()  # words of values, for repairs
        self.pairs: set[tuple[str, str]] = set()  # and those that stand side by side in one
        self._add_tools()
        self._add_unrecorded()
        self._add_values()
        self._add_cues()

    def _add_tools(self) -> None:
        ordinary = frozenset(self.company.tools.ordinary)
        for tool in self.knowledge.tools.values():
            for form in _forms(tool):
                words = self.tokeniser.words(form)
                if not words:
                    continue
                weak = " ".join(words) in ordinary or (
                    len(words) == 1 and (tool.needs_context or words[0] in self.lookalikes)
                )
                self.trie.add(words, Entry("tool", tool.id, weak=weak))
                self.pairs.update(pairwise(words))
                if len(words) == 1 and not (weak and is_english(words[0])):
                    self.tool_words.setdefault(words[0], tool.id)
                elif len(words) > 1 and "".join(words).isalpha() and not tool.needs_context:
                    self.trie.add(("".join(words),), Entry("tool", tool.id))
                    self.tool_words.setdefault("".join(words), tool.id)

    def _add_unrecorded(self) -> None:
        for index, group in enumerate(self.unrecorded):
            for form in group.say:
                self.trie.add(self.tokeniser.words(form), Entry("unrecorded", str(index)))

    def _add_surroundings(self, slot: Slot) -> None:
        """What people have and nobody recommends: names like those of tools, without a record."""
        for value in slot.values:
            for form in value.say:
                weak = form in value.needs_context or form in self.lookalikes
                self.trie.add(self.tokeniser.words(form), Entry("surrounding", value.id, slot.id, weak))

    def _add_values(self) -> None:
        for slot in self.knowledge.slots.values():
            if slot.kind == "tools":
                self._add_surroundings(slot)
                continue
            for value in slot.values:
                weak = frozenset(value.needs_context)
                for form in value.say:
                    words = self.tokeniser.folds(form)
                    doubtful = form in weak or (slot.id == LANGUAGE and form in self.lookalikes)
                    self.trie.add(words, Entry("value", value.id, slot.id, doubtful))
                    if form not in weak:
                        self.key_words.update(words)
                    self.pairs.update(pairwise(words))
                    if len(words) == 2 and len(joined := "".join(words)) >= _ONE and joined.isalpha():
                        self.trie.add((joined,), Entry("value", value.id, slot.id, form in weak))

    def _add_cues(self) -> None:
        opaque = phrases.part(self.knowledge, "opaque", phrases.Opaque)
        for forms, kind in (
            (opaque.phrases, "opaque"),
            (self.negation.before, "deny<"),
            (self.negation.after, "deny>"),
            (self.negation.unconcerned, "unconcerned"),
            (self.negation.pseudo, "pseudo"),
            (self.negation.denials, "denial"),
            (self.negation.breaks, "break"),
            (self.negation.corrections, "correction"),
        ):
            for form in forms:
                for words in expanded(form, self.tokeniser.folds):
                    self.trie.add(words, Entry(kind))
        self._say_all(phrases.part(self.knowledge, "conflicts", phrases.Conflicts).keen, Entry("keen"))
        for refusable in self.negation.refusable:
            self._say_all(refusable.words, Entry("refusable", refusable.value, refusable.slot))
        self._say_all(self.strength.soft, Entry("soft"))
        self._say_all(self.strength.hard, Entry("hard"))
        self._say_all(self.strength.closed, Entry("closed"))
        for name, role_forms in self.role_cues.before.items():
            self._say_all(role_forms, Entry("role<", name))
        for name, role_forms in self.role_cues.after.items():
            self._say_all(role_forms, Entry("role>", name))
        for index, unit in enumerate(self.units.units):
            self._say_all(unit.say, Entry("unit", str(index), unit.slot))
        for index, fixed in enumerate(self.units.fixed):
            self._say_all(fixed.say, Entry("fixed", str(index), fixed.slot))
        for slot, before in self.units.before.items():
            self._say_all(before, Entry("counts", slot, slot))
        for op, bound_forms in self.numbers.bounds.items():
            self._say_all(bound_forms, Entry("bound<", op))
        for op, bound_forms in self.numbers.after.items():
            self._say_all(bound_forms, Entry("bound>", op))
        self._say_all(self.numbers.about, Entry("about"))
        for name, near in (
            ("deadline", self.units.deadline_near),
            ("lasting", self.units.deadline_not),
            ("shipped", self.units.shipped),
            ("due", self.units.deadline_sure),
            ("horizon", self.units.horizon),
            ("team", self.units.team_near),
            ("latency", self.units.latency_near),
            ("observed", self.units.observed),
            ("card", self.units.card),
            ("crowd", self.units.crowd),
            ("alone", self.units.alone),
            ("book", self.units.book),
        ):
            self._say_all(near, Entry("near", name))
        for bytes_of in self.units.bytes_of:
            self._say_all(bytes_of.near, Entry("near", bytes_of.slot))
        for slot, names in phrases.part(self.knowledge, "slot_names", phrases.SlotNames).names.items():
            self._say_all(names, Entry("slot", slot, slot))
        tools = self.company.tools
        self._say_all(tools.before, Entry("tool<"))
        self._say_all(tools.after, Entry("tool>"))
        for name, company in self.company.values.items():
            self._say_all(company.before, Entry("value<", name))
            self._say_all(company.after, Entry("value>", name))
            self._say_all(company.sure_before, Entry("value!", name))

    def _say_all(self, forms: Iterable[str], entry: Entry) -> None:
        for form in forms:
            self._say(form, entry)

    def _say(self, form: str, entry: Entry) -> None:
        self.trie.add(self.tokeniser.folds(form), entry)


def _forms(tool: Tool) -> tuple[str, ...]:
    """All ways to write a tool's name: as it is, without asides, and cut where capitals show the seams."""
    name = _ASIDE.sub("", tool.name)
    forms = dict.fromkeys((tool.id, tool.name, name, *tool.say))
    for form in (name, *tool.say):
        parts = _CAMEL.sub(" ", form)
        if parts != form and min(map(len, parts.split())) > 1:
            forms[parts] = None
    return tuple(forms)
