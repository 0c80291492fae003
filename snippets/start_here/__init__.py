"""The first page: one site, one request, one answer."""
