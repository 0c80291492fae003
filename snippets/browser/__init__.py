"""The book in a browser, with nothing to install."""
