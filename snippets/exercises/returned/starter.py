"""Five pages, which differ in the body of their render_GET, are asked with GET over HTTP/1.1:

    text:     return "hello"
    counted:  return "Grüße".encode()
    both:     request.write(b"one")
              return b"two"
    nothing:  request.write(b"one")
              return None
    later:    (an async def)  return b"hello"

Write a value in the place of each `...`; nothing here is run.
"""

text = ...  # the status that the client of the page `text` gets
text_logged = ...  # how many exceptions are logged then
length = ...  # the Content-Length of the page `counted`
both = ...  # the body that the client of `both` reads, without what marks the chunks, as in b"..."
both_length = ...  # True or False: that response has a Content-Length
nothing = ...  # the status that the client of `nothing` gets
later = ...  # True or False: the line of the page `later` is run
