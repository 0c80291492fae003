"""The book as web pages: built with Sphinx from chapters executed aside, to be put on any web server."""
