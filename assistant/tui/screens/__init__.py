"""The app's screens. `chat` is there from the start; the others are imported when they are first opened."""
