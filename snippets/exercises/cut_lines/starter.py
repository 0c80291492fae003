r"""Three pieces come to this protocol, whose delimiter is CRLF:

    class Talk(LineReceiver):
        def lineReceived(self, line):
            self.lines.append(line)
            if line == b"raw":
                self.setRawMode()

        def rawDataReceived(self, data):
            self.raw.append(data)
            self.setLineMode(data[3:])

    1: b"one\r"    2: b"\ntwo\r\nthr"    3: b"ee\r\nraw\r\nx\r\nfour\r\n\r\n"

Write a value in the place of each `...`; nothing here is run.
"""

lines_1 = ...  # how many lines have been received after the first piece
lines_2 = ...  # the lines that have been received after the second piece, as in [b"...", b"..."]
waiting = ...  # the bytes that wait in the buffer then, as in b"..."
raw = ...  # the bytes with which rawDataReceived is called
last = ...  # the lines that are received after it
calls = ...  # how often dataReceived is called, by the transport and by others
