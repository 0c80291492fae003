"""A page has 300,000 bytes, a Content-Length, and a head of less than 200 bytes. The send buffer is full above 65,536
bytes. The page registers a pull producer, which writes 30,000 bytes each time that it is asked, and ends after ten.

The client asks for it, and reads nothing for 1,000 seconds: nothing leaves. Then it reads 20,000 bytes in each turn,
until the producer is asked again. Then it goes.
Write a value in the place of each `...`; nothing here is run.
"""

asked = ...  # how often the producer has been asked (resumeProducing), when the client has read nothing
after_one = ...  # and after the first turn in which the client reads
turn = ...  # after which of the turns in which the client reads it is asked again: 1, 2, ...
asked_more = ...  # how often it has been asked in all, after that turn
paused = ...  # another page writes the ten pieces in a loop; how often is its channel told to pause, if nobody reads
stopped = ...  # how often stopProducing of the producer is called, when the client goes
closed = ...  # True or False: the server had closed the connection within the 1,000 seconds
