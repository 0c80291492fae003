"""Producers and back pressure: the programs of chapter 13."""
