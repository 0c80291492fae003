"""The solution of the exercise chunk_decoder decides as Twisted's decoder does, on its conversations and on others."""

from random import Random

from twisted.web.http import _ChunkedTransferDecoder, _MalformedChunkedDataError

from snippets.practice.shelf import exercise

SOLUTION = {}
exec(exercise("chunk_decoder").solution, SOLUTION)


def by_twisted(pieces):
    """What Twisted's decoder makes of the pieces: the state, then the body and the rest unless it was refused."""
    body, ends = [], []
    decoder = _ChunkedTransferDecoder(body.append, ends.append)
    try:
        for piece in pieces:
            decoder.dataReceived(piece)
    except _MalformedChunkedDataError:
        return ("refused",)
    return ("done" if ends else "more", b"".join(body), *ends)


def by_solution(pieces):
    """What the solution makes of the pieces, in the same words."""
    decoder = SOLUTION["Decoder"]()
    for piece in pieces:
        decoder.feed(piece)
        if decoder.state == "refused":
            return ("refused",)
    return (decoder.state, decoder.body, *([decoder.rest] if decoder.state == "done" else []))


def fed_to_each(talk):
    """The pieces that each decoder of a conversation is fed."""
    decoders = []
    for step in talk.steps:
        if step[:2] == ("call", "Decoder"):
            decoders.append([])
        elif step[:2] == ("call", ".feed"):
            decoders[-1].append(step[2][0])
    return decoders


def test_they_agree_in_every_conversation():
    for seed in range(20):
        for talk in exercise("chunk_decoder").talks(seed):
            for pieces in fed_to_each(talk):
                assert by_solution(pieces) == by_twisted(pieces), talk


def test_they_agree_on_lines_that_are_nearly_right():
    chance = Random(1)
    for _ in range(5000):
        parts = [b"1", b"2", b"0", b"a", b";", b"\r\n", b"\r", b"\n", b" ", b"x", b"\x7f"]
        pieces = [b"".join(chance.choices(parts, k=chance.randint(1, 8))) for _ in range(2)]
        if by_twisted(pieces[:1])[0] == "more":
            assert by_solution(pieces) == by_twisted(pieces), pieces


def test_they_agree_on_the_longest_line():
    for length in [1022, 1023, 1024, 1025]:
        for end in [b"", b"\r", b"\r\n"]:
            pieces = [b"5;".ljust(length, b"x") + end]
            assert by_solution(pieces) == by_twisted(pieces), (length, end)
