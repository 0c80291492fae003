"""Rendering: the programs of chapter 10."""
