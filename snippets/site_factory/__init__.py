"""A site for many connections, under TLS and with an access log: the programs of chapter 04."""
