"""What chapter 04 says of old access logs: which are kept, and how another program may rename them."""

from twisted.python.logfile import LogFile

from snippets.lens.wire import Wire
from snippets.site_factory.hello_tls import root

GET = b"GET /hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def test_old_logs_are_never_deleted(tmp_path):
    """A log that was full seven times has left seven old files."""
    log = tmp_path / "access.log"
    wire = Wire(root(), logPath=str(log))
    for _ in range(7):
        with log.open("ab") as opened:
            opened.write(b"\n" * 1_000_000)
        # A LogFile counts what it writes itself: it finds what others have added when it opens the file.
        wire.site._logFile.reopen()
        wire.send(GET)
    wire.site.doStop()
    old = [f"access.log.{number}" for number in range(1, 8)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["access.log", *old]


def test_a_log_can_keep_a_number_of_old_files(tmp_path):
    """A LogFile with maxRotatedFiles=2, set as the logFile of a site and full four times, leaves two old files."""
    wire = Wire(root())
    log = wire.site.logFile = LogFile.fromFullPath(str(tmp_path / "access.log"), maxRotatedFiles=2)
    for _ in range(4):
        log.write(b"\n" * 1_000_000)
        wire.send(GET)
    wire.site.doStop()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["access.log", "access.log.1", "access.log.2"]


def test_a_log_goes_on_under_its_name_after_reopen(tmp_path):
    """A LogFile without a rotateLength grows over a million bytes; renamed, it begins anew when it is reopened."""
    path, renamed = tmp_path / "access.log", tmp_path / "access.log.old"
    wire = Wire(root())
    log = wire.site.logFile = LogFile.fromFullPath(str(path), rotateLength=None)
    log.write(b"\n" * 1_000_000)
    wire.send(GET)
    path.rename(renamed)
    wire.send(GET)
    assert not path.exists()
    log.reopen()
    wire.send(GET)
    wire.site.doStop()
    assert sorted(tmp_path.iterdir()) == [path, renamed]
    assert [each.read_text().count("GET /hello") for each in (renamed, path)] == [2, 1]
