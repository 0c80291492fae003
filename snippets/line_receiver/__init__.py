"""Lines and raw bytes in one stream: the programs of chapter 03."""
