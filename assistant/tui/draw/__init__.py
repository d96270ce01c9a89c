"""Replies as text with styles: blocks in, `Drawing` out, for a given width. No widgets here."""
