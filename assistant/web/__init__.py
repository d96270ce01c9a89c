"""The terminal app in a browser: `server.serve` runs it. Needs the extra `web`."""
