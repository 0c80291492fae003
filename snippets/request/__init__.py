"""The request: the programs of chapter 08."""
