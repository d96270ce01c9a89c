"""The limits of durable_rules, checked before a ruleset is created: beyond them it hangs or corrupts memory.

The numbers were measured on durable_rules 2.0.28 and are explained in `docs/engine.md`. `room_left` tells an author
how near a program comes to them; the driver splits what exceeds them, so they are no limits of the rule language.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import msgspec

from assistant.reasoning.errors import Refused
from assistant.reasoning.model import Clause

MAX_RULES = 4_096  # the engine's own; 4,097 give a clean error
MAX_RULES_PER_SHARD = 16  # a project wakes few of many small rulesets, and only those are ever made
MAX_TESTS_BELOW_A_NODE = 500  # 512 lose facts, 513 hang the process with the GIL held
MAX_CONDITIONS_SHARING_A_TEST = 250  # 256 fire unrelated rules or crash
MAX_PREMISES = 2  # with 5, retracting what fired reads and writes beyond its frames; only 2 can be shown to be safe
MAX_TESTS_IN_A_CONDITION = 8  # one per property; the engine's own limit is 252
MAX_TEXT_BYTES = 60_000  # lengths are compared modulo 65,536
MAX_PRIORITY = 65_535  # kept in 16 bits

# A ruleset as the engine takes it, narrowed to the one shape that it can be trusted with:
# {"rule": {"all": [{"c0": {"$and": [{"property": "text"}, ...]}}, ...], "pri": 1}}
Ruleset = Mapping[str, Mapping[str, object]]
Tests = tuple[tuple[str, str], ...]  # the equality tests of a condition in order


class Room(msgspec.Struct, frozen=True):
    """How much of a limit is used, and what is done beyond it."""

    limit: str
    used: int
    allowed: int
    beyond: str

    @property
    def left(self) -> int:
        return self.allowed - self.used


def room_left(clauses: Sequence[Clause]) -> tuple[Room, ...]:
    """The use that `clauses` make of the limits, before anything is split: small rulesets leave only one to be met."""
    return (Room("clauses", len(clauses), MAX_RULES_PER_SHARD, "shared out over several rulesets"),)


def check(ruleset: Ruleset) -> tuple[Room, ...]:
    """How near `ruleset` comes to the engine's limits. Raises Refused if it breaks one or has an untrusted shape."""
    if not 1 <= len(ruleset) <= MAX_RULES:
        raise Refused(f"{len(ruleset)} rules; the engine takes 1 to {MAX_RULES}")
    sharing: Counter[Tests] = Counter()
    checked: dict[int, Tests] = {}  # conditions are mostly the same objects over and over
    premises = 0
    for name, rule in ruleset.items():
        conditions = _conditions(name, rule, checked)
        premises = max(premises, len(conditions))
        sharing.update(conditions)
    below: dict[Tests, set[tuple[str, str]]] = {}
    properties = {"id", "sid"}
    for tests in sharing:
        for depth, test in enumerate(tests):
            below.setdefault(tests[:depth], set()).add(test)
            properties.add(test[0])
    widest = max(map(len, below.values()))
    if widest > MAX_TESTS_BELOW_A_NODE:
        raise Refused(f"{widest} distinct tests below one node; the engine hangs beyond 512")
    most_shared = max(sharing.values())
    if most_shared > MAX_CONDITIONS_SHARING_A_TEST:
        raise Refused(f"{most_shared} conditions share one test; the engine corrupts memory beyond 255")
    if len({_fnv(name) for name in properties}) < len(properties):
        raise Refused("two property names have the same hash, which is all that the engine compares")
    return (
        Room("rules of a ruleset", len(ruleset), MAX_RULES, "refused"),
        Room("tests below one node", widest, MAX_TESTS_BELOW_A_NODE, "refused"),
        Room("conditions sharing a test", most_shared, MAX_CONDITIONS_SHARING_A_TEST, "refused"),
        Room("premises of a rule", premises, MAX_PREMISES, "refused"),
    )


def _conditions(name: str, rule: Mapping[str, object], checked: dict[int, Tests]) -> list[Tests]:
    """The conditions of one rule. `checked` remembers the tests of condition bodies by the identity of the body."""
    _text(name, f"the rule name {name!r}")
    if any(sign in name for sign in '"\\'):
        raise Refused(f"the rule name {name!r} has a quote or backslash")
    if len(rule) != 2 or "all" not in rule or "pri" not in rule:
        raise Refused(f"rule {name}: only `all` and `pri` can be trusted")
    priority, conditions = rule["pri"], rule["all"]
    if type(priority) is not int or not 0 <= priority <= MAX_PRIORITY:
        raise Refused(f"rule {name}: the priority {priority!r} is no integer from 0 to {MAX_PRIORITY}")
    if not isinstance(conditions, list) or not 1 <= len(conditions) <= MAX_PREMISES:
        raise Refused(f"rule {name}: needs a list of 1 to {MAX_PREMISES} conditions")
    names: set[str] = set()
    tests = []
    for condition in conditions:
        if not isinstance(condition, dict) or len(condition) != 1:
            raise Refused(f"rule {name}: a condition is one name with its tests")
        ((alias, body),) = condition.items()
        if not isinstance(alias, str) or not alias.isidentifier() or alias in names:
            raise Refused(f"rule {name}: the condition name {alias!r} is reserved or used twice")
        names.add(alias)
        if id(body) not in checked:
            checked[id(body)] = tuple(_tests(name, body))
        tests.append(checked[id(body)])
    return tests


def _tests(name: str, body: object) -> Iterable[tuple[str, str]]:
    if not isinstance(body, dict) or list(body) != ["$and"]:
        raise Refused(f"rule {name}: a condition is an `$and` of equality tests")
    tests = body["$and"]
    if not isinstance(tests, list) or not 1 <= len(tests) <= MAX_TESTS_IN_A_CONDITION:
        raise Refused(f"rule {name}: a condition has 1 to {MAX_TESTS_IN_A_CONDITION} tests")
    for test in tests:
        if not isinstance(test, dict) or len(test) != 1:
            raise Refused(f"rule {name}: the engine ignores all but the first property of {test!r}")
        ((key, value),) = test.items()
        if not isinstance(key, str) or not key or key in ("id", "sid") or "$" in key or "." in key:
            raise Refused(f"rule {name}: the property {key!r} means something else to the engine")
        _text(value, f"rule {name}: the value {value!r}")
        yield key, value


def _text(value: object, what: str) -> None:
    """Refuse what is no non-empty text that survives being written as UTF-8 JSON and read by C."""
    if type(value) is not str or not value:
        raise Refused(f"{what} is no text; the engine confuses types")
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        raise Refused(f"{what} is no valid Unicode") from None
    if size > MAX_TEXT_BYTES or "\0" in value:
        raise Refused(f"{what[:80]} is too long or holds a NUL")


@lru_cache(1024)
def _fnv(name: str) -> int:
    """The engine's hash of names: FNV-1a over *signed* bytes."""
    value = 0x811C9DC5
    for byte in name.encode():
        value = ((value ^ ((byte - 256 if byte > 127 else byte) & 0xFFFFFFFF)) * 16_777_619) & 0xFFFFFFFF
    return value
