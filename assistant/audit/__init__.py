"""Sweeps over projects that nobody has told yet: what the knowledge says of them, and where it is wanting."""
