r"""A page asks for nothing but `request.content.read()`. Each line below is what one client sends, over a connection
of its own, in one piece; `POST ...` stands for `POST / HTTP/1.1\r\nHost: a\r\n`.

    A   POST ...Content-Length: 6\r\n\r\n  ab\r\ncdef  POST ...Content-Length: 0\r\n\r\n
    B   POST ...Transfer-Encoding: chunked\r\n\r\n  0c;n=1\r\nGET / HTTP/1\r\n  2;n=2\r\n.1\r\n  0\r\nSum: 14\r\n\r\n
    C   POST ...Transfer-Encoding: chunked\r\n\r\n  3\r\nabcd\r\n  0\r\n\r\n
    D   POST ...Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n  0\r\n\r\n

Two spaces stand between the parts for the eye alone; they are not sent. Each \r\n is two bytes.
Write a value in the place of each `...`; nothing here is run.
"""

a_body = ...  # what the page reads for the first request of A, as in b"..."
a_second = ...  # the method of the second request of A, as in b"..."
b_body = ...  # what the page reads for B
b_on_disk = ...  # does the body of B go to a file on disk: True or False
c_pages = ...  # how many requests of C the page gets
d_pages = ...  # how many requests of D the page gets
