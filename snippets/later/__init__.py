"""Pages that answer later: the programs of chapter 12."""
