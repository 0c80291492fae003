"""Grading a class: submissions are read, checked in sandboxes, and put into tables and a page."""
