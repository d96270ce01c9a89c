"""What a sweep has seen. Tallies of parts add up to the tally of the whole, in whatever order the parts come."""

from __future__ import annotations

import msgspec

from assistant.audit.projects import Project


class Spot(msgspec.Struct):
    """One thing worth telling, how often it was seen, and the smallest project that shows it."""

    kind: str
    key: tuple[str, ...]
    project: Project
    count: int = 1
    notes: dict[str, int] = {}
    """What had a hand in it, and how often."""


class Tally(msgspec.Struct):
    projects: int = 0
    fired: dict[str, int] = {}  # by record id; what was never seen is not there
    spots: dict[str, Spot] = {}

    def fire(self, record: str, times: int = 1) -> None:
        """`record` had a say."""
        self.fired[record] = self.fired.get(record, 0) + times

    def see(self, spot: Spot) -> None:
        """Take in a spot, beside what was seen of its kind and key already."""
        name = "\0".join((spot.kind, *spot.key))
        known = self.spots.get(name)
        if known is None:
            self.spots[name] = msgspec.structs.replace(spot, notes=dict(spot.notes))
            return
        known.count += spot.count
        for note, times in spot.notes.items():
            known.notes[note] = known.notes.get(note, 0) + times
        if size(spot.project) < size(known.project):
            known.project = spot.project

    def add(self, other: Tally) -> None:
        """Take in another part."""
        self.projects += other.projects
        for record, times in other.fired.items():
            self.fire(record, times)
        for spot in other.spots.values():
            self.see(spot)

    def of(self, kind: str) -> list[Spot]:
        """The spots of a kind, the most frequent first, then those with the smallest project."""
        found = [spot for spot in self.spots.values() if spot.kind == kind]
        return sorted(found, key=lambda spot: (-spot.count, len(spot.project), spot.key))


def size(project: Project) -> tuple[int, bytes]:
    """Orders projects: fewer facts first, then by what they say, so that of any two the same one is the smaller."""
    return (len(project), msgspec.msgpack.encode(project))
