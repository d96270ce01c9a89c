"""Keys as they are at present: every binding has an id, and `keymap` in the settings gives it other keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from textual.binding import Binding
from textual.dom import DOMNode

from assistant.tui.actions import ACTIONS

if TYPE_CHECKING:
    from textual.widget import Widget

_OURS = "assistant."


class Key(NamedTuple):
    """What `keys` do; `id` is the name of the binding in the keymap."""

    id: str
    keys: str
    does: str


def keys_of(id: str, default: str, keymap: Mapping[str, str]) -> str:
    """The keys of a binding as the keymap has them."""
    return keymap.get(id, default)


def here(focused: Widget | None, keymap: Mapping[str, str]) -> Iterator[tuple[str, str, list[Key]]]:
    """What the focused widget and all that it lies in are, are for, and do on keys; the innermost first.

    The app itself is left out.
    """
    for node in focused.ancestors_with_self if focused else ():
        if isinstance(node, DOMNode) and node is not node.app and type(node).__module__.startswith(_OURS):
            found = [Key(k.id, keys_of(k.id, k.keys, keymap), k.does) for k in own(type(node))]
            if found or node.HELP:
                yield node.BINDING_GROUP_TITLE or type(node).__name__, node.HELP or "", found


def own(kind: type) -> Iterator[Key]:
    """The keys that a class of ours declares, or inherits from one of ours."""
    taken: set[str] = set()
    for base in kind.__mro__:
        if not base.__module__.startswith(_OURS):
            continue
        yield from vars(base).get("ALSO", ())
        for binding in vars(base).get("BINDINGS", ()):
            if isinstance(binding, Binding) and binding.id and binding.key not in taken:
                taken.add(binding.key)
                yield Key(binding.id, binding.key, binding.description)


def known() -> frozenset[str]:
    """The ids of all bindings there are. Imports every screen."""
    from assistant.tui.screens import chat, compare, dialog, export, proof, sessions, tools
    from assistant.tui.widgets import panel, prompt, transcript

    modules = (chat, compare, dialog, export, proof, sessions, tools, panel, prompt, transcript)
    kinds = [kind for module in modules for kind in vars(module).values() if isinstance(kind, type)]
    found = {key.id for kind in kinds if issubclass(kind, DOMNode) for key in own(kind)}
    return frozenset(found | {action.id for action in ACTIONS})
