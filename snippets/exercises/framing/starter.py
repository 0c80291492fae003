r"""Two pages, whose bodies are the same 13 bytes:

    returned:  return b"Hello, world\n"
    written:   request.write(b"Hello, world"); request.write(b""); request.write(b"\n"); request.finish()

Neither sets a Content-Length. Write a value in the place of each `...`; nothing here is run.
"""

new = ...  # GET, HTTP/1.1, written: all bytes behind the head, as in b"..."
new_sizes = ...  # how many sizes of chunks stand in them
old = ...  # GET, HTTP/1.0, written: all bytes behind the head
old_closed = ...  # True or False: the server then closes the connection
head = ...  # HEAD, HTTP/1.1, returned: the Content-Length, as a number
head_body = ...  # and how many bytes come behind the head
missing = ...  # GET, HTTP/1.1, written with status 404: True or False, it is sent in chunks
gone = ...  # GET, HTTP/1.1, written with status 304: how many bytes come behind the head
