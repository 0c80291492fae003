"""Protocols and their transports: the programs of chapter 02."""
