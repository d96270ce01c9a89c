"""Load the knowledge: from the compiled cache when nothing changed, else from YAML (and refresh the cache).

The cache is MessagePack decoded into typed records, so a damaged or foreign file can at worst fail to decode; then the
YAML is read again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from assistant import paths
from assistant.knowledge.model import SHIPPED, Knowledge

if TYPE_CHECKING:
    from assistant.knowledge.building import Builder
    from assistant.knowledge.reading import Finding

SHOWN = 40
KEPT = 4
OWN = "own"  # the layer in the person's configuration
_HERE = Path(__file__).resolve().parent


class KnowledgeError(Exception):
    """The knowledge cannot be used; `findings` say why, with file, line and what was expected."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        shown = "\n".join(str(finding) for finding in findings[:SHOWN])
        more = f"\n... and {len(findings) - SHOWN} more" if len(findings) > SHOWN else ""
        super().__init__(f"The knowledge has errors:\n{shown}{more}")


def shipped() -> Path:
    """The folder of the knowledge that comes with the product: in the package when installed, else in the checkout."""
    packaged = _HERE.parent / "_knowledge"
    return packaged if packaged.is_dir() else _HERE.parent.parent / "knowledge"


def load(extra: tuple[Path, ...] = (), *, base: Path | None = None, cache: bool = True) -> Knowledge:
    """The shipped knowledge, or that of `base` in its place, with the `extra` folders laid over it, later ones on top.

    Raises KnowledgeError when a file is broken. With `cache` the compiled form, or what is wrong, is kept in the cache
    folder.
    """
    stamp, told = _kept(_fingerprint(_layers(extra, base)))
    if cache:
        known = _cached(stamp)
        if known is not None:
            return known
        if told.exists():
            _raise_again(told)
    knowledge, findings = read(extra, base)
    errors = tuple(finding for finding in findings if finding.level == "error")
    if errors:
        if cache:
            keep(told, errors)
        raise KnowledgeError(errors)
    if cache:
        keep(stamp, knowledge)
    return knowledge


def fingerprint(extra: tuple[Path, ...] = (), base: Path | None = None) -> str:
    """Changes whenever a file of the knowledge, its time or size, or the code that compiles it changes."""
    return _fingerprint(_layers(extra, base))


def is_kept(extra: tuple[Path, ...], base: Path | None = None) -> bool:
    """Whether the cache knows what becomes of these folders, over the shipped knowledge or that of `base`."""
    return any(file.exists() for file in _kept(fingerprint(extra, base)))


def refuse(extra: tuple[Path, ...], errors: tuple[Finding, ...]) -> None:
    """Keep what only a later stage finds wrong with these folders: the next `load` raises it at once."""
    stamp, told = _kept(fingerprint(extra))
    keep(told, errors)
    with suppress(OSError):
        stamp.unlink()


def _kept(fingerprint: str) -> tuple[Path, Path]:
    """The cache files of the knowledge and, if it is broken, of what is wrong with it."""
    return (
        paths.cache_dir() / f"knowledge-{fingerprint}.msgpack",
        paths.cache_dir() / f"findings-{fingerprint}.msgpack",
    )


def read(extra: tuple[Path, ...] = (), base: Path | None = None) -> tuple[Knowledge, tuple[Finding, ...]]:
    """The knowledge from YAML without what is broken, and everything that is wrong with it."""
    knowledge, builder = build(extra, base)
    return knowledge, tuple(builder.findings)


def build(extra: tuple[Path, ...] = (), base: Path | None = None) -> tuple[Knowledge, Builder]:
    """As `read`, with the builder that made it: it knows where every record stands."""
    from assistant.knowledge.building import Builder, content_version
    from assistant.knowledge.reading import Document, Finding
    from assistant.knowledge.reading import read as read_file

    builder = Builder()
    contents: list[tuple[str, bytes]] = []
    layers = _layers(extra, base)
    for layer, folder in layers:
        files = _files(folder)
        if not files:
            builder.findings.append(Finding("warning", layer, 1, 1, "holds no knowledge", "files that end with .yaml"))
        for file in files:
            name = f"{folder.name if layer == SHIPPED else layer}/{file.relative_to(folder).as_posix()}"
            found = read_file(file, name)
            if isinstance(found, Document):
                contents.append((name, file.read_bytes()))
                builder.add(found, layer)
            else:
                builder.findings.append(found)
    knowledge = builder.build(tuple(layer for layer, _ in layers))
    return msgspec.structs.replace(knowledge, version=content_version(contents)), builder


def _layers(extra: tuple[Path, ...], base: Path | None) -> list[tuple[str, Path]]:
    """Each folder with the name of its layer, which is the folder's own, told apart from those below it."""
    layers = [(SHIPPED, base or shipped())]
    for folder in extra:
        name = OWN if (folder,) == paths.own_knowledge() else folder.absolute().name or "extra"
        taken = {layer for layer, _ in layers} | {shipped().name}
        number = 2
        while name in taken:
            name = f"{name.rstrip('0123456789').rstrip('-')}-{number}"
            number += 1
        layers.append((name, folder))
    return layers


def _files(folder: Path) -> list[Path]:
    """The knowledge files of a folder; hidden ones (of editors, of version control) are none."""
    found = [file for ending in ("yaml", "yml") for file in folder.rglob(f"*.{ending}")]
    seen = [file for file in found if not any(part.startswith(".") for part in file.relative_to(folder).parts)]
    return sorted(seen, key=lambda file: file.relative_to(folder).as_posix())


def _fingerprint(layers: list[tuple[str, Path]]) -> str:
    digest = sha256()
    for layer, folder in layers:
        digest.update(f"{layer}\0{folder.absolute()}\0".encode("utf-8", "surrogateescape"))
        for entry in _stamped(_files(folder)):
            digest.update(entry)
    for entry in _stamped(sorted(_HERE.rglob("*.py"))):
        digest.update(entry)
    return digest.hexdigest()[:24]


def _stamped(files: list[Path]) -> Iterator[bytes]:
    for file in files:
        try:
            about = file.stat()
        except OSError:  # a link to nowhere; reading it tells
            yield f"{file.name}\n".encode("utf-8", "surrogateescape")
        else:
            name = file.relative_to(file.anchor).as_posix()
            yield f"{name}\0{about.st_mtime_ns}\0{about.st_size}\n".encode("utf-8", "surrogateescape")


def _cached(stamp: Path) -> Knowledge | None:
    try:
        return msgspec.msgpack.decode(stamp.read_bytes(), type=Knowledge)
    except (OSError, msgspec.MsgspecError):
        return None


def _raise_again(told: Path) -> None:
    """Raise what was wrong when these very files were read before; do nothing if that cannot be told any more."""
    from assistant.knowledge.reading import Finding

    try:
        errors = msgspec.msgpack.decode(told.read_bytes(), type=tuple[Finding, ...])
    except (OSError, msgspec.MsgspecError):
        return
    if errors:
        raise KnowledgeError(errors)


def code_stamp(folder: Path) -> str:
    """Changes whenever a module in `folder` does."""
    digest = sha256()
    for entry in _stamped(sorted(folder.glob("*.py"))):
        digest.update(entry)
    return digest.hexdigest()[:16]


def keep(stamp: Path, value: object) -> None:
    """Write a cache file in one step, and clear older ones of its kind; failing to is no reason to stop."""
    try:
        paths.ensure(stamp.parent)
        fresh = stamp.with_suffix(f".{os.getpid()}")
        fresh.write_bytes(msgspec.msgpack.encode(value))
        fresh.replace(stamp)
        kind = stamp.name.partition("-")[0]
        for old in sorted(stamp.parent.glob(f"{kind}-*.msgpack"), key=lambda file: file.stat().st_mtime)[:-KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        return
