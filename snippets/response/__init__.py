"""The response: the programs of chapter 11."""
