"""From bytes to a request: the programs of chapter 05."""
