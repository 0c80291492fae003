"""The reading measured both ways, and what happens when a note loses its line."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import twisted

from snippets.lens import notes
from snippets.lens.lines import statement_lines
from snippets.lens.names import locate
from snippets.lens.source import find
from snippets.workshop import coverage

CHAPTER_05 = [
    "twisted.web.http:HTTPChannel.__init__",
    "twisted.web.http:HTTPChannel.connectionMade",
    "twisted.web.http:HTTPChannel.dataReceived",
    "twisted.protocols.basic:LineReceiver.dataReceived",
    "twisted.web.http:HTTPChannel.lineReceived",
    "twisted.web.http:_parseRequestLine",
    "twisted.web.http:HTTPChannel.headerReceived",
    "twisted.web.http:HTTPChannel._maybeChooseTransferDecoder",
    "twisted.web.http:HTTPChannel.allHeadersReceived",
    "twisted.web.http:HTTPChannel.allContentReceived",
    "twisted.web.http:HTTPChannel.requestDone",
    "twisted.web.http:HTTPChannel._respondToBadRequestAndDisconnect",
]


READ = {
    "00": ["Resource.render"],
    "01": [
        *["Port.startListening", "Port.doRead", "EPollReactor.addReader", "EPollReactor.addWriter"],
        *["EPollReactor.doPoll", "_PollLikeMixin._doReadOrWrite", "Server.__init__", "Connection.doRead"],
        *["Connection._dataReceived", "Connection.writeSomeData", "FileDescriptor.write", "FileDescriptor.doWrite"],
        *["FileDescriptor.startWriting", "FileDescriptor.loseConnection", "ReactorBase.mainLoop"],
        *["ReactorBase.runUntilCurrent", "ReactorBase.callLater", "ReactorBase.timeout"],
    ],
    "02": [
        *["twisted.internet.protocol:Factory.buildProtocol", "BaseProtocol.makeConnection"],
        *["BaseProtocol.connectionMade", "Protocol.dataReceived", "Protocol.connectionLost"],
        *["FileDescriptor.writeSequence", "_AbortingMixin.abortConnection", "Connection.readConnectionLost"],
    ],
    "03": [
        *["LineReceiver.dataReceived", "LineReceiver.setLineMode", "LineReceiver.setRawMode"],
        *["LineReceiver.lineLengthExceeded", "LineReceiver.clearLineBuffer", "LineReceiver.sendLine"],
        *["_PauseableMixin.pauseProducing", "_PauseableMixin.resumeProducing", "_PauseableMixin.stopProducing"],
    ],
    "04": [
        *["Site.__init__", "Site.buildProtocol", "HTTPFactory.__init__", "HTTPFactory.buildProtocol"],
        *["HTTPFactory.startFactory", "HTTPFactory.log", "_GenericHTTPChannelProtocol.dataReceived"],
    ],
    "06": [
        *["HTTPChannel._maybeChooseTransferDecoder", "HTTPChannel._failChooseTransferDecoder"],
        *["HTTPChannel.allHeadersReceived", "HTTPChannel.rawDataReceived", "HTTPChannel._finishRequestBody"],
        *["http.Request.gotLength", "server.Request.gotLength", "http.Request.handleContentChunk"],
        *["twisted.web.http:_getContentFile", "_IdentityTransferDecoder.__init__"],
        *["_IdentityTransferDecoder.dataReceived", "_IdentityTransferDecoder.noMoreData"],
        *["_ChunkedTransferDecoder.__init__", "_ChunkedTransferDecoder.dataReceived"],
        *["_ChunkedTransferDecoder.noMoreData", "_ChunkedTransferDecoder._dataReceived_CHUNK_LENGTH"],
        *["_ChunkedTransferDecoder._dataReceived_BODY", "_ChunkedTransferDecoder._dataReceived_CRLF"],
        *["_ChunkedTransferDecoder._dataReceived_TRAILER", "_ChunkedTransferDecoder._dataReceived_FINISHED"],
    ],
    "07": [
        *["HTTPChannel.checkPersistence", "HTTPChannel.rawDataReceived", "HTTPChannel.requestDone"],
        *["HTTPChannel.pauseProducing", "HTTPChannel.resumeProducing", "HTTPChannel.stopProducing"],
        *["TimeoutMixin.setTimeout", "TimeoutMixin.resetTimeout", "TimeoutMixin._TimeoutMixin__timedOut"],
        *["TimeoutMixin.timeoutConnection", "HTTPChannel.timeoutConnection", "HTTPChannel.forceAbortClient"],
        *["HTTPChannel._respondToBadRequestAndDisconnect", "HTTPChannel.connectionLost"],
        *["http.Request.connectionLost", "http.Request.notifyFinish"],
    ],
    "08": [
        *["http.Request.__init__", "server.Request.__init__", "http.Request.parseCookies"],
        *["http.Request.requestReceived", "parse_qs", "_parseContentType", "_getMultiPartArgs"],
        *["server.Request.process", "server.Request._handleStar", "http.Request.getHeader"],
        *["http.Request.getAllHeaders", "http.Request.getClientAddress", "http.Request.getClientIP"],
        *["http.Request.getRequestHostname"],
    ],
    "09": [
        *["Site.getResourceFor", "twisted.web.resource:getChildForRequest", "Resource.getChildWithDefault"],
        *["Resource.getChild", "Resource.putChild", "_UnsafeErrorPageBase.getChild", "File.getChild"],
        *["twisted.python.filepath:FilePath.child", "twisted.web.pages:notFound", "twisted.web.pages:errorPage"],
        *["twisted.web.pages:_ErrorPage.getChild", "EncodingResourceWrapper.__init__"],
        *["EncodingResourceWrapper.getEncoder", "GzipEncoderFactory.encoderForRequest", "_GzipEncoder.encode"],
    ],
}


@pytest.mark.parametrize("name", [name for names in READ.values() for name in names])
def test_every_function_that_a_chapter_reads_has_notes_or_a_purpose(name):
    annotation = notes.store()[locate(name).name]
    assert annotation.purpose
    # A method without a body has no line to note.
    assert annotation.notes or not statement_lines(find(name).code).keys() - find(name).doc


@pytest.fixture(scope="module")
def measured():
    return coverage.measure()


def test_the_functions_of_the_chapter_ran_and_have_notes(measured):
    functions = {covered.name: covered for covered in measured.functions}
    for name in CHAPTER_05:
        assert functions[name].notes > 0
        assert 0 < functions[name].lit <= functions[name].lines


def test_only_what_the_book_may_read_is_counted(measured):
    for covered in measured.functions:
        assert covered.name.startswith(("twisted.web.", "twisted.protocols.", "twisted.internet."))
        assert ".test" not in covered.name.partition(":")[0]
    names = [covered.name for covered in measured.functions]
    assert names == sorted(set(names))
    assert "twisted.web.server:Request.process" in names
    assert "twisted.internet.tcp:Port.doRead" in names
    assert "twisted.web.static:File.render_GET" not in names


def test_lines_that_can_run_are_counted_once_each(measured):
    covered = next(covered for covered in measured.functions if covered.name == CHAPTER_05[-1])
    function = find(covered.name)
    assert covered.lines == 2
    assert covered.lit == 2
    assert len(statement_lines(function.code)) > covered.lines


def test_no_note_of_the_book_is_lost(measured):
    assert measured.lost == []


def test_a_function_that_is_gone_is_a_lost_annotation(monkeypatch):
    gone = notes.Annotation("twisted.web.http:HTTPChannel.lineRecieved", "x.md:7")
    monkeypatch.setattr(coverage, "store", lambda: {gone.name: gone})
    (lost,) = coverage.lost_annotations()
    assert lost.startswith("x.md:7: ")
    assert "did you mean HTTPChannel.lineReceived" in lost


def run(*args, **environment):
    command = [sys.executable, *args]
    return subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **environment}, timeout=300, check=False
    )


def test_the_command_prints_a_summary_and_json():
    result = run("-m", "snippets", "coverage", COLUMNS="160")
    assert (result.returncode, result.stderr) == (0, "")
    assert "Notes whose line is gone: 0." in result.stdout
    data = json.loads(run("-m", "snippets", "coverage", "--json").stdout)
    assert data["twisted"] == twisted.__version__
    assert data["annotated"] >= len(CHAPTER_05)
    assert data["on_path"] == len(data["functions"])


@pytest.fixture
def changed_twisted(tmp_path):
    """A copy of Twisted in which a line that has a note reads otherwise."""
    home = Path(twisted.__file__).parent
    shutil.copytree(home, tmp_path / "twisted", ignore=shutil.ignore_patterns("test", "__pycache__", "*.pyc"))
    http = tmp_path / "twisted" / "web" / "http.py"
    text = http.read_text("utf-8")
    line = "        self._receivedHeaderSize += len(line)\n"
    assert text.count(line) == 1
    http.write_text(text.replace(line, "        self._receivedHeaderSize += len(line) + 2\n"), "utf-8")
    return {"PYTHONPATH": str(tmp_path)}


def test_a_lost_line_fails_the_command_with_the_nearest_lines(changed_twisted):
    result = run("-m", "snippets", "coverage", **changed_twisted)
    assert result.returncode == 1
    (lost,) = [line for line in result.stderr.splitlines() if line.startswith("lost: ")]
    assert f"HTTPChannel.lineReceived in Twisted {twisted.__version__}" in lost
    assert "no line reads `self._receivedHeaderSize += len(line)`" in lost
    assert ": self._receivedHeaderSize += len(line) + 2" in lost


def test_a_lost_line_fails_the_tests_with_the_nearest_lines(changed_twisted):
    target = (
        f"{Path(__file__).with_name('test_notes.py')}::test_every_annotation_of_the_book_fits_the_installed_twisted"
    )
    result = run("-m", "pytest", "-p", "no:cacheprovider", "-q", target, **changed_twisted)
    assert result.returncode == 1
    assert "1 failed" in result.stdout
    assert "no line reads `self._receivedHeaderSize += len(line)`; the nearest: " in result.stdout
