"""What the package index says about a package: asked slowly, through its own client library, and remembered for a day."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from assistant import paths

SPACING = 1.0  # seconds between requests
KEPT = 24 * 3600  # seconds for which an answer is remembered
_VERSION = re.compile(r"[0-9][0-9A-Za-z.!+-]{0,38}")


class Unavailable(Exception):
    """The index cannot be asked, or does not know the package; the message says why."""


class NotInstalled(Exception):
    """The client library of the index is missing: nothing can be asked at all."""


@dataclass(frozen=True)
class File:
    """One file of a release, as the index lists it."""

    version: str
    day: str
    python: str = ""
    yanked: str | None = None  # why; empty if it was yanked without a reason


@dataclass(frozen=True)
class Answer:
    """What the index says about a package."""

    package: str
    files: list[File]
    status: str = "active"
    reason: str = ""
    licence: str = ""


@dataclass(frozen=True)
class Current:
    """The newest release that is neither a preview nor yanked."""

    version: str
    day: str
    python: str


class Index(Protocol):
    def ask(self, package: str) -> Answer:
        """What the index says. Raises Unavailable."""
        ...


class Remote:
    """The package index that `pypi-simple` asks when it is not told another one."""

    def __init__(
        self, wait: Callable[[float], object] = time.sleep, clock: Callable[[], float] = time.monotonic
    ) -> None:
        try:
            import pypi_simple
        except ImportError:
            raise NotInstalled("pypi-simple is not installed: pip install pypi-simple") from None
        self._library: Any = pypi_simple
        self._client: Any = pypi_simple.PyPISimple()
        self._wait, self._clock = wait, clock
        self._last = clock() - SPACING

    def ask(self, package: str) -> Answer:
        import requests

        library = self._library
        try:
            page = self._paced(self._client.get_project_page, package)
            files = [
                File(
                    version=file.version,
                    day=file.upload_time.date().isoformat() if file.upload_time else "",
                    python=file.requires_python or "",
                    yanked=(file.yanked_reason or "") if file.is_yanked else None,
                )
                for file in page.packages
                if file.version
            ]
            newest = current(files)
            described = [
                file
                for file in page.packages
                if newest
                and file.version == newest.version
                and file.package_type == "wheel"
                and file.has_metadata is not False
            ]
            metadata = self._metadata(described[0]) if described else ""
        except library.NoSuchProjectError:
            raise Unavailable("the index does not know this package") from None
        except (requests.RequestException, library.UnsupportedContentTypeError, ValueError) as error:
            raise Unavailable(f"the index could not be asked: {plain(str(error))}") from error
        return Answer(package, files, str(page.status or "active"), page.status_reason or "", licence_of(metadata))

    def _metadata(self, file: Any) -> str:
        """The metadata of a wheel; nothing if the index keeps none beside it."""
        try:
            # Only what the licence is said to be is taken from it, so a missing checksum does no harm.
            text: str = self._paced(self._client.get_package_metadata, file, verify=bool(file.metadata_digests))
        except self._library.NoMetadataError:
            return ""
        return text

    def _paced(self, request: Callable[..., Any], what: object, **more: object) -> Any:
        self._wait(max(0.0, self._last + SPACING - self._clock()))
        self._last = self._clock()
        return request(what, timeout=30, **more)


class Remembering:
    """Another index, asked at most once a day for each package."""

    def __init__(self, index: Callable[[], Index], folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._make, self._folder, self._clock = index, folder, clock
        self._index: Index | None = None

    def ask(self, package: str) -> Answer:
        place = self._folder / f"{normalised(package)}.json"
        known = self._recall(place)
        if known is not None:
            return known
        if self._index is None:
            self._index = self._make()
        answer = self._index.ask(package)
        paths.ensure(self._folder)
        place.write_text(json.dumps({"asked": self._clock(), "answer": asdict(answer)}), encoding="utf-8")
        return answer

    def _recall(self, place: Path) -> Answer | None:
        try:
            kept = json.loads(place.read_text(encoding="utf-8"))
            if not 0 <= self._clock() - kept["asked"] <= KEPT:
                return None
            answer = kept["answer"]
            return Answer(**answer | {"files": [File(**file) for file in answer["files"]]})
        except (OSError, ValueError, KeyError, TypeError):
            return None


def normalised(package: str) -> str:
    """The name under which an index keeps a package; safe as a file name. Raises Unavailable for what is no name."""
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,98}[A-Za-z0-9])?", package):
        raise Unavailable(f"{package!r} is no package name")
    return re.sub(r"[-_.]+", "-", package).lower()


def order(version: str) -> Any:
    """A version by which releases can be sorted; None for one that does not follow the rules."""
    from packaging.version import InvalidVersion, Version

    try:
        return Version(version) if _VERSION.fullmatch(version) else None
    except InvalidVersion:
        return None


def current(files: Iterable[File]) -> Current | None:
    """The newest release that can be installed, dated by its first file."""
    sound = [file for file in files if file.yanked is None and file.day and (order(file.version) is not None)]
    final = [file for file in sound if not order(file.version).is_prerelease]
    if not final:
        return None
    newest = max(order(file.version) for file in final)
    own = sorted((file for file in final if order(file.version) == newest), key=lambda file: file.day)
    return Current(own[0].version, own[0].day, next((plain(file.python) for file in own if file.python), ""))


def licence_of(metadata: str) -> str:
    """The licence in a package's metadata: the SPDX expression, else the first line of what stands there instead."""
    from email.parser import HeaderParser

    headers = HeaderParser().parsestr(metadata)
    classified = [
        line.rpartition(" :: ")[2] for line in headers.get_all("Classifier", []) if line.startswith("License")
    ]
    loose = (headers.get("License") or "").strip().partition("\n")[0]
    return plain(headers.get("License-Expression") or loose or ", ".join(classified))


def plain(text: str) -> str:
    """Text from outside on one short line, without anything that a terminal would obey."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:160]
