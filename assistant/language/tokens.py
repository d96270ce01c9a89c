"""Cut a message into words that remember where they stand and what separates them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from assistant.language.normalise import normalise

_WORD = re.compile(
    r"(?<![\w.)\]])\.[a-z][a-z0-9]+|[^\W\d_]+n't\b|(?<!\w)\d{1,2}x(?=[a-z]{1,4}\d)|[^\W_]+(?:\+\+|#(?!\w))?|'(?:s|m|re|ve|ll|d)\b"
)
_INSIDE = re.compile(r"[ \-./_&+'\"`*]{0,4}")
_SENTENCE = re.compile(r"(?<!\.)\.[\"'*]*(?=\s)|[!?]|\n\s*\n|\n\s*[-*]")
_CLAUSE = re.compile(r"[;:()\[\]{}\n\u2026]|\.\.|\.\)|\s--?\s")
_CLITICS = {"'m": "am", "'re": "are", "'ve": "have", "'ll": "will", "'d": "would", "'s": "is"}
_IRREGULAR = {"ca": "can", "wo": "will", "sha": "shall", "ai": "is"}
_ABBREVIATED = frozenset({"vs", "g", "e", "eg", "ie", "approx", "etc", "incl", "resp", "ca"})

NONE, COMMA, CLAUSE, SENTENCE = 0, 1, 2, 3


class Token(NamedTuple):
    """One word. `word` is how it was written (lower case), `fold` the form that phrases are compared in.

    `gap` tells what stands before it: NONE, COMMA, CLAUSE or SENTENCE; `joined` whether a phrase may run on over that gap.
    """

    word: str
    fold: str
    start: int
    end: int
    gap: int
    joined: bool


def singular(word: str) -> str:
    """The word without a plural ending, by rule: good enough to compare two words, not to print one."""
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses", "zes")):
        return word[:-2]
    return word[:-1]


class _Plain(dict[str, str]):
    """The folds of plain words, kept as they come up; a KeyError tells that a word has to be cut properly."""

    def __init__(self, tokeniser: Tokeniser) -> None:
        super().__init__()
        self._tokeniser = tokeniser

    def __missing__(self, word: str) -> str:
        if not self._tokeniser.is_plain(word):
            raise KeyError(word)
        folded = self[word] = self._tokeniser.fold(word)
        return folded


class Tokeniser:
    """Cuts text into tokens with the spellings of the vocabulary.

    `same` maps a spelling to the one used in the vocabulary, `expand` a short form to its words ("dont": do, not).
    """

    def __init__(self, same: Mapping[str, str], expand: Mapping[str, tuple[str, ...]]) -> None:
        self._same = dict(same)
        self._expand = dict(expand)
        self._folds: dict[str, str] = {}
        self._plain = _Plain(self)
        self._gaps: dict[str, tuple[int, bool]] = {}

    def fold(self, word: str) -> str:
        """The form in which two spellings of one word are equal."""
        known = self._folds.get(word)
        if known is None:
            stem = self._same.get(word) or singular(word)
            known = self._same.get(stem, stem)
            if len(self._folds) < 20_000:  # a long-lived lexicon must not grow with everything it ever read
                self._folds[word] = known
        return known

    def is_plain(self, word: str) -> bool:
        """Whether a word of the vocabulary is one token as it stands."""
        return word.isascii() and word.isalnum() and word.islower() and word not in self._expand

    def words(self, phrase: str) -> tuple[str, ...]:
        """The words of a phrase of the vocabulary as they are written."""
        parts = phrase.split()
        if all(map(self.is_plain, parts)):
            return tuple(parts)
        return tuple(token.word for token in self.cut(normalise(phrase)))

    def folds(self, phrase: str) -> tuple[str, ...]:
        """The words of a phrase of the vocabulary in the form that is compared."""
        try:
            return tuple([self._plain[part] for part in phrase.split()])
        except KeyError:
            return tuple(token.fold for token in self.cut(normalise(phrase)))

    def cut(self, text: str, begin: int = 0, stop: int | None = None) -> list[Token]:
        """The tokens of normalised text between two places, in order."""
        tokens: list[Token] = []
        before = begin
        last = ""
        for found in _WORD.finditer(text, begin, len(text) if stop is None else stop):
            word = found.group()
            start, end = found.span()
            gap, joined = self._gap(text[before:start]) if tokens else (NONE, False)
            if gap == SENTENCE and last in _ABBREVIATED and "\n" not in text[before:start]:
                gap = NONE
            if word in _CLITICS and tokens:
                full = "us" if word == "'s" and last == "let" else _CLITICS[word]
                tokens.append(Token(word, full, start, end, gap, joined))
            elif word.endswith("n't") and len(word) > 3:
                verb = _IRREGULAR.get(word[:-3], word[:-3])
                tokens.append(Token(verb, self.fold(verb), start, end - 3, gap, joined))
                tokens.append(Token("not", "not", end - 3, end, NONE, True))
            elif word in self._expand:
                for number, part in enumerate(self._expand[word]):
                    here = (gap, joined) if number == 0 else (NONE, True)
                    tokens.append(Token(part, self.fold(part), start, end, *here))
            else:
                tokens.append(Token(word, self.fold(word), start, end, gap, joined))
            before, last = end, word
        return tokens

    def _gap(self, between: str) -> tuple[int, bool]:
        known = self._gaps.get(between)
        if known is None:
            known = _classify(between)
            if len(between) < 4 and len(self._gaps) < 5_000:
                self._gaps[between] = known
        return known


def _classify(between: str) -> tuple[int, bool]:
    if between in ("", " ", "-"):
        return NONE, True
    if _SENTENCE.search(between):
        return SENTENCE, False
    if _CLAUSE.search(between):
        return CLAUSE, False
    if "," in between or "|" in between:
        return COMMA, False
    return NONE, _INSIDE.fullmatch(between) is not None
