"""Bodies: the programs of chapter 06."""
