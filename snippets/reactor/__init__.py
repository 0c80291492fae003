"""One turn after another: the programs of chapter 01."""
