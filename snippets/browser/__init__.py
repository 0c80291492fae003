"""The book in a browser, nothing to install: JupyterLab and Python as files, and what stands in for a system."""
