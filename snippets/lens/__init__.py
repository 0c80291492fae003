"""The lens: everything that shows Twisted at work."""
