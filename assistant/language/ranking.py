"""Small linear models over words: one ranks acts when no rule is certain, one tasks. Their weights are readable JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from math import exp
from pathlib import Path

import msgspec

_STEM = 5
_ENDS = ("^", "$")
_WORTH = 0.2  # what a second word must add to be quoted


def features(words: Sequence[str]) -> list[str]:
    """What the model looks at: words, their stems, pairs and how the sentence begins. `words` include the end marks."""
    found: dict[str, None] = {}
    for word in words:
        if len(word) > 3 and word.startswith("{v}"):
            found[word] = None
    words = [word[:3] if word.startswith(("{v}", "{n}")) else word for word in words]
    for position, word in enumerate(words):
        if position and position < len(words) - 1:
            found[word] = None
            if len(word) > _STEM:
                found[word[:_STEM] + "*"] = None
        if position + 1 < len(words):
            found[f"{word} {words[position + 1]}"] = None
        if position + 2 < len(words):
            found[f"{word} _ {words[position + 2]}"] = None
    if len(words) > 4:
        found[" ".join(words[:4])] = None
    found[f"length {min(len(words) - 2, 9)}"] = None
    return list(found)


class Ranking:
    """Scores labels. `weights` holds for each feature pairs of label number and weight, flat; or their JSON, as a
    message asks for a few of thousands."""

    def __init__(self, labels: Sequence[str], weights: Mapping[str, Sequence[float] | msgspec.Raw]) -> None:
        self.labels = tuple(labels)
        self.weights = weights
        self._pairs: dict[str, tuple[tuple[int, float], ...]] = {}

    def rank(self, words: Sequence[str]) -> list[tuple[str, float]]:
        """The acts with their shares, likeliest first. `words` begin with ^ and end with $."""
        return self.shares(dict.fromkeys(features(words), 1.0))

    def shares(self, found: Mapping[str, float]) -> list[tuple[str, float]]:
        """The labels with their shares, likeliest first, by what was found and how much each of it counts."""
        sums = [0.0] * len(self.labels)
        for feature, amount in found.items():
            if feature in self.weights:
                for label, weight in self._of(feature):
                    sums[label] += weight * amount
        top = max(sums)
        shares = [exp(value - top) for value in sums]
        total = sum(shares)
        ranked = [(label, share / total) for label, share in zip(self.labels, shares, strict=True)]
        return sorted(ranked, key=lambda pair: (-pair[1], pair[0]))

    def telling(self, label: str, words: Sequence[str]) -> tuple[int, int] | None:
        """The two neighbouring words at most that speak most for a label, from where to where; None if nothing does.

        `words` begin with ^ and end with $, as those that `rank` takes.
        """
        if label not in self.labels:
            return None
        best, place = 0.0, None
        for first in range(1, len(words) - 1):
            for last in range(first + 1, min(first + 3, len(words))):
                run = words[first:last]
                found = [*run, *(word[:_STEM] + "*" for word in run if len(word) > _STEM), " ".join(run)]
                amount = self.speaks_for(label, dict.fromkeys(found))
                if words[last - 1] not in _ENDS and amount > best + _WORTH * (last - first - 1):
                    best, place = amount, (first, last)
        return place

    def speaks_for(self, label: str, found: Iterable[str]) -> float:
        """The sum of what the features add to a label."""
        number = self.labels.index(label)
        return sum(w for name in found if name in self.weights for at, w in self._of(name) if at == number)

    def _of(self, feature: str) -> tuple[tuple[int, float], ...]:
        pairs = self._pairs.get(feature)
        if pairs is None:
            flat = self.weights[feature]
            if isinstance(flat, msgspec.Raw):
                flat = msgspec.json.decode(flat, type=list[float])
            pairs = tuple((int(flat[i]), flat[i + 1]) for i in range(0, len(flat), 2))
            self._pairs[feature] = pairs
        return pairs


@cache
def shipped(name: str = "acts") -> Ranking:
    """The weights that come with the product: per feature, pairs of label number and weight, flat."""
    data = msgspec.json.decode(
        (Path(__file__).parent / "data" / f"{name}.json").read_bytes(), type=dict[str, msgspec.Raw]
    )
    labels = msgspec.json.decode(data[name], type=list[str])
    return Ranking(labels, msgspec.json.decode(data["weights"], type=dict[str, msgspec.Raw]))
