"""How the small linear models of roles and names are learnt: plain Python, the same result wherever numbers round alike."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from math import exp

from assistant.language.ranking import Ranking

EPOCHS, RATE, PENALTY, SMALLEST = 20, 0.5, 0.05, 0.15
Row = tuple[Mapping[str, float], str]


def fit(data: Sequence[Row], penalty: float = PENALTY) -> Ranking:
    """Multinomial logistic regression by stochastic gradient descent, with the squares of the weights held down.

    The step shrinks as in Bottou's "Stochastic Gradient Descent Tricks" (2012); all weights shrink at once through a common scale.
    """
    labels = sorted({label for _, label in data})
    index = {label: number for number, label in enumerate(labels)}
    todo = [(list(found.items()), index[label]) for found, label in data]
    weights: dict[str, list[float]] = {name: [0.0] * len(labels) for found, _ in data for name in found}
    scale, steps, shuffle = 1.0, 0, random.Random(7)
    for _ in range(EPOCHS):
        shuffle.shuffle(todo)
        for found, wanted in todo:
            step = RATE / (1 + RATE * steps / (4 * len(todo)))
            steps += 1
            sums = [0.0] * len(labels)
            for name, amount in found:
                for label, weight in enumerate(weights[name]):
                    sums[label] += weight * amount * scale
            top = max(sums)
            shares = [exp(value - top) for value in sums]
            total = sum(shares)
            errors = [(label, share / total - (label == wanted)) for label, share in enumerate(shares)]
            scale *= 1 - step * penalty / len(todo)
            for name, amount in found:
                row, pace = weights[name], step * amount / scale
                for label, error in errors:
                    row[label] -= pace * error
    packed = {}
    for name in sorted(weights):
        told = [(label, round(weight * scale, 2)) for label, weight in enumerate(weights[name])]
        flat = [x for label, weight in told if abs(weight) >= SMALLEST or not name for x in (label, weight)]
        if flat:
            packed[name] = flat
    return Ranking(labels, packed)
