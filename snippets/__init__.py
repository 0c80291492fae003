"""The programs of the book, and the lens that shows Twisted at work."""
