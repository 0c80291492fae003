"""The life of a connection: the programs of chapter 07."""
