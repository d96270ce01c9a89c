"""How much a project may spend, said in money: "$200/mo", "300 dollars a month", "3000 euro a year"."""

from __future__ import annotations

import re

from assistant.language.quantities import Amount
from assistant.language.reading import Reading

_SIGN = r"[$€£]"
_NAME = r"(?:dollars?|euros?|eur|usd|gbp|chf|pounds?|francs?|bucks|[$€£])"
_PERIOD = r"\s?(?:/|per\b|an?\b|each\b|every\b)\s?(month|mo|year|yr)\b"
_SUM = re.compile(
    rf"(?:{_SIGN}\s?(\d[\d,.]{{0,11}})(k?)|\b(\d[\d,.]{{0,11}})(k?)\s?{_NAME}){_PERIOD}|\b(\d[\d,.]{{0,11}})(k?){_SIGN}{_PERIOD}"
)
_GROUPS = re.compile(r"[,.](?=\d{3}(?:\D|$))")
_BANDS = ((1_000, "low"), (10_000, "normal"))  # up to so much a month; what is more is a high budget


def budgets(reading: Reading) -> list[Amount]:
    """The budgets that sums of money by the month or year tell of, where their words stand."""
    found: list[Amount] = []
    if not reading.tokens:
        return []
    begin, stop = reading.place(0, len(reading.tokens))
    for match in _SUM.finditer(reading.plain.lower(), max(0, begin - 2), stop):
        figure = next(group for group in (match[1], match[3], match[6]) if group)
        thousand = any(match[group] for group in (2, 4, 7))
        try:
            amount = float(_GROUPS.sub("", figure.rstrip(",.")).replace(",", ".")) * (1000 if thousand else 1)
        except ValueError:
            continue  # "1.2.3" is no sum
        monthly = amount / 12 if (match[5] or match[8] or "").startswith("y") else amount
        level = next((name for limit, name in _BANDS if monthly <= limit), "high") if monthly else "free"
        inside = [
            n for n, token in enumerate(reading.tokens) if token.start < match.end() and token.end > match.start()
        ]
        if inside:
            found.append(Amount("budget", level, inside[0], inside[-1] + 1))
    return found
