r"""A client sends one request to a site, in three pieces:

    1: b"\r\nGET /hello HT"
    2: b"TP/1.1\r\nHost: localhost\r"
    3: b"\nX-Long: one\r\n two\r\n\r\n"

The calls are those of its HTTPChannel, in all three pieces together where nothing else is said.
Write a value in the place of each `...`; nothing here is run.
"""

data = ...  # how often dataReceived is called
lines = ...  # how often lineReceived is called
headers = ...  # how often headerReceived is called
headers_2 = ...  # how often headerReceived has been called after the second piece
made = ...  # in which piece the Request is made: 1, 2 or 3
answered = ...  # in which piece the page is asked
value = ...  # the value of X-Long that the page sees, as in b"..."
