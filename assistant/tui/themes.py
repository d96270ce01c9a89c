"""The app's own themes, one dark and one light. Textual's are there too; two of them keep the terminal's colours."""

from __future__ import annotations

from dataclasses import replace

from textual.theme import BUILTIN_THEMES, Theme

INK = Theme(
    name="ink",
    primary="#7aa2d6",
    secondary="#5c7fa8",
    accent="#e0a458",
    foreground="#d8dce3",
    background="#14171c",
    surface="#1a1e25",
    panel="#222833",
    success="#8fbf88",
    warning="#e3b505",
    error="#e07a78",
    dark=True,
    variables={
        "block-cursor-background": "#35507a",
        "block-cursor-foreground": "#f4f6fa",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#262d3a",
        "block-cursor-blurred-foreground": "#d8dce3",
        "text-primary": "#8fb4e6",
        "text-accent": "#e6b371",
        "text-muted": "#8b94a3",
        "text-success": "#9ccf95",
        "text-warning": "#ebc33c",
        "text-error": "#f09290",
        "border": "#5c7fa8",
        "border-blurred": "#333b49",
    },
)

PAPER = Theme(
    name="paper",
    primary="#1f4e8c",
    secondary="#3d6ea8",
    accent="#9a4d00",
    foreground="#1f2328",
    background="#fbfaf7",
    surface="#f3f1ec",
    panel="#e9e6df",
    success="#2c6e2f",
    warning="#7d5a00",
    error="#a3242b",
    dark=False,
    variables={
        "block-cursor-background": "#cfdff5",
        "block-cursor-foreground": "#10233f",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#e9e6df",
        "block-cursor-blurred-foreground": "#1f2328",
        "text-primary": "#1f4e8c",
        "text-accent": "#9a4d00",
        "text-muted": "#646b75",
        "text-success": "#2c6e2f",
        "text-warning": "#7d5a00",
        "text-error": "#a3242b",
        "border": "#3d6ea8",
        "border-blurred": "#cbc6bb",
    },
)

# With the terminal's own colours the quieter lines have the colour of all text, which is what the stock cursor has as its
# background in a dark terminal, and hardly to be told from it in a light one.
_CURSOR = {"ansi-dark": ("ansi_blue", "ansi_bright_white"), "ansi-light": ("ansi_cyan", "ansi_black")}
TERMINAL = tuple(
    replace(
        BUILTIN_THEMES[name],
        variables=BUILTIN_THEMES[name].variables
        | {"block-cursor-background": background, "block-cursor-foreground": foreground},
    )
    for name, (background, foreground) in _CURSOR.items()
)

OWN = (INK, PAPER, *TERMINAL)
SHOWN = ("ink", "paper", "ansi-dark", "ansi-light", "nord", "gruvbox", "solarized-light")  # what settings offer
