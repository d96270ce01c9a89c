"""How much a project may spend, said in money: "$200/mo", "300 dollars a month", "a budget of 3000 euro"."""

from __future__ import annotations

import re

from assistant.language.quantities import Amount
from assistant.language.reading import Reading

_FIGURE = r"(?<![\w.,])(?P<sign>[$€£])?\s?(?P<figure>\d[\d,.]{0,11})\s?(?P<thousand>k\b|k(?=[$€£])|thousand\b|grand\b)?"
_NAME = r"(?:\s?(?P<name>(?:dollars?|euros?|eur|usd|gbp|chf|pounds?|francs?|bucks)\b|[$€£]))?"
_PERIOD = r"(?:\s?(?:(?:/|per\b|an?\b|each\b|every\b)\s?(?P<each>month|mo|year|yr|annum)|(?P<period>monthly|yearly|annually))\b)?"
_SUM = re.compile(_FIGURE + _NAME + _PERIOD)
_GROUPS = re.compile(r"[,.](?=\d{3}(?:\D|$))")
_ANNOUNCED = re.compile(
    r"\bbudget\W{1,3}(?:(?:is|of|about|around|roughly|max|under|below|some|at|most|up|to|ca|only)\W{1,2}){0,3}$"
)
_SPENT = re.compile(r"\b(?:bill|invoice|pay|pays|paying|paid|costs?|charges?|charging|spending)\b")
_MAY = re.compile(r"\b(?:budget|under|below|max|most|up to|stay|less than|limit|cap|can|may|could|should|must|not)\b")
_LOOK = 60  # characters before a sum that tell what it is
_BANDS = ((1_000, "low"), (10_000, "normal"))  # up to so much a month; what is more is a high budget


def budgets(reading: Reading) -> list[Amount]:
    """The budgets that sums of money tell of, where their words stand. A sum without a period is taken to last a year."""
    found: list[Amount] = []
    if not reading.tokens:
        return []
    begin, stop = reading.place(0, len(reading.tokens))
    plain = reading.plain.lower()
    for match in _SUM.finditer(plain, max(0, begin - 2), stop):
        before = re.split(r"[.;!?\n]\s", plain[max(0, match.start() - _LOOK) : match.start()])[-1]
        if not _is_budget(match, before):
            continue
        try:
            amount = float(_GROUPS.sub("", match["figure"].rstrip(",.")).replace(",", "."))
        except ValueError:
            continue  # "1.2.3" is no sum
        amount *= 1000 if match["thousand"] else 1
        monthly = amount if (match["each"] or match["period"] or "year").startswith("mo") else amount / 12
        level = next((name for limit, name in _BANDS if monthly <= limit), "high") if monthly else "free"
        inside = [
            n for n, token in enumerate(reading.tokens) if token.start < match.end() and token.end > match.start()
        ]
        if inside:
            found.append(Amount("budget", level, inside[0], inside[-1] + 1))
    return found


def _is_budget(match: re.Match[str], before: str) -> bool:
    """Whether a sum may be spent: it is money for a period, or announced as the budget, and not what is paid today."""
    money, period = match["sign"] or match["name"], match["each"] or match["period"]
    if not period and not (money and _ANNOUNCED.search(before)):
        return False
    if not money and not _ANNOUNCED.search(before):
        return False
    return not _SPENT.search(before) or _MAY.search(before) is not None
