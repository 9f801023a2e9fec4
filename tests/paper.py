"""A slip printer on a real TCP port: it answers like one, fails as told, keeps what it printed."""

import socket
import socketserver
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass

import zxingcpp
from PIL import Image, ImageChops

WELL = 0x12  # the fixed bits of an answer to DLE EOT
REPORT = b"\x10\x00\x00\x0f"  # what a printer says unasked when its state changed


@dataclass(frozen=True, slots=True)
class Printed:
    """One slip as it came out: its bands are (bytes across, rows, data)."""

    bands: list[tuple[int, int, bytes]]
    cut: bool

    def image(self) -> Image.Image:
        """The slip again, 1 bit, 0 is black."""
        across = max(band[0] for band in self.bands)
        page = Image.new("1", (across * 8, sum(band[1] for band in self.bands)), 255)
        top = 0
        for width, rows, data in self.bands:
            page.paste(ImageChops.invert(Image.frombytes("1", (width * 8, rows), data)), (0, top))
            top += rows
        return page


class TcpPrinter(socketserver.ThreadingTCPServer):
    """Set its attributes before a slip is sent; they hold for every connection from then on."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Conversation)
        # So that a printer that stops reading is noticed, and not only its kernel's buffers.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.port = int(self.server_address[1])
        self.url = f"tcp://127.0.0.1:{self.port}?profile=TM-T20II"
        self.slips: list[Printed] = []
        self.received = bytearray()  # every byte of every connection
        self.image_bytes = 0
        self.not_understood = bytearray()
        self.closing = threading.Event()
        self.lines: set[socket.socket] = set()
        self.ended = 0  # conversations in which somebody hung up
        self.first_byte_at: float | None = None  # of the last image (monotonic, s)

        self.offline = False
        self.cover_open = False
        self.error = False
        self.paper_out = False
        self.near_end = False  # as it says before the slip
        self.says_nothing = False  # takes everything, answers nothing
        self.silent_to: int | None = None  # the DLE EOT it does not answer
        self.answers: dict[int, bytes] = {}  # instead of the true answers to DLE EOT n
        self.greeting = b""  # sent as soon as somebody connects
        self.reports = False  # a status report, in two pieces, goes before every answer
        self.hangs_up_after_status = False
        self.dies_after: int | None = None  # bytes of image; then it closes the connection
        self.dies_once_after: int | None = None  # the same, of the next image only
        self.resets = False  # dies by a reset instead of an orderly close
        self.stalls_after: int | None = None  # bytes of image; then it reads no more
        self.pause_s = 0.0  # after every piece it reads of an image
        self.confirms = True  # answers GS r 1
        self.unconfirmed = 0  # so many slips are printed, and no answer comes
        self.before_answering: Callable[[str], None] = lambda _what: None  # "status 4", "printed"
        self.noise_within_image = b""
        self.noise_before_confirming = b""
        self.paper_out_after = False  # the roll ends with this slip
        self.near_end_after = False  # as it says after the slip

    def cut(self) -> None:
        """Ends every conversation, as when somebody pulls the cable."""
        self.closing.set()
        for one in list(self.lines):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self.closing = threading.Event()


class _Gone(Exception):
    """One of the two hung up."""


class _Conversation(socketserver.BaseRequestHandler):
    server: TcpPrinter
    request: socket.socket

    def handle(self) -> None:
        self._bands: list[tuple[int, int, bytes]] = []
        self.server.lines.add(self.request)
        with suppress(_Gone, OSError):
            self._say(self.server.greeting)
            while True:
                self._obey()
        self._lay_out(cut=False)
        self.server.lines.discard(self.request)
        self.server.ended += 1

    def _obey(self) -> None:
        start = self._read(1)
        if start == b"\n":
            return
        command = start + self._read(1)
        if command == b"\x1b@":
            return
        if command in (b"\x1bd", b"\x1ba", b"\x1bJ"):
            self._read(1)
        elif command == b"\x10\x04":
            self._tell_status(self._read(1)[0])
        elif command == b"\x1dV":
            if self._read(1)[0] >= 65:
                self._read(1)
            self._lay_out(cut=True)
        elif command == b"\x1dv":
            self._print()
        elif command == b"\x1dr":
            self._read(1)
            self._lay_out(cut=False)
            self._confirm()
        else:
            self.server.not_understood += command

    def _tell_status(self, kind: int) -> None:
        printer = self.server
        if printer.says_nothing or printer.silent_to == kind:
            return
        well = not (printer.cover_open or printer.paper_out or printer.error or printer.offline)
        truth = {
            1: 0 if well else 0x08,
            2: 0x04 * printer.cover_open | 0x20 * printer.paper_out | 0x40 * printer.error,
            3: 0x08 * printer.error,
            4: 0x60 * printer.paper_out | 0x0C * printer.near_end,
        }[kind]
        printer.before_answering(f"status {kind}")
        self._report()
        self._say(printer.answers.get(kind, bytes([WELL | truth])))
        if kind == 4 and printer.hangs_up_after_status:
            raise _Gone

    def _print(self) -> None:
        self.server.first_byte_at = time.monotonic()
        _, _, across, rows = struct.unpack("<BBHH", self._read(6))
        self._say(self.server.noise_within_image)
        data = b""
        while left := across * rows - len(data):
            data += self._read_image(min(left, 2048))
            if self.server.dies_once_after is not None and len(data) > self.server.dies_once_after:
                self.server.dies_once_after = None
                raise _Gone
        self._bands.append((across, rows, data))

    def _read_image(self, size: int) -> bytes:
        printer = self.server
        stop = printer.dies_after if printer.dies_after is not None else printer.stalls_after
        if stop is not None and printer.image_bytes >= stop:
            self._bands.clear()
            if printer.dies_after is not None:
                raise _Gone
            printer.closing.wait()
        if printer.pause_s:
            printer.closing.wait(printer.pause_s)
        piece = self._read(size)
        printer.image_bytes += len(piece)
        return piece

    def _lay_out(self, *, cut: bool) -> None:
        if self._bands:
            self.server.slips.append(Printed(self._bands, cut))
            self._bands = []

    def _confirm(self) -> None:
        printer = self.server
        if printer.says_nothing or not printer.confirms:
            return
        if printer.unconfirmed:
            printer.unconfirmed -= 1
            return
        printer.before_answering("printed")
        self._say(printer.noise_before_confirming)
        self._report()
        bits = 0x0C * printer.paper_out_after | 0x03 * printer.near_end_after
        self._say(bytes([bits]))

    def _report(self) -> None:
        if self.server.reports:
            self._say(REPORT[:2])
            self._say(REPORT[2:])

    def _say(self, words: bytes) -> None:
        if words:
            self.request.sendall(words)

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            piece = self.request.recv(size - len(data))
            if not piece:
                raise _Gone
            data += piece
        self.server.received += data
        return data

    def finish(self) -> None:
        if self.server.resets:
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.request.close()  # with a lingering time of none: a reset


@contextmanager
def tcp_printer(port: int = 0) -> Iterator[TcpPrinter]:
    """A printer that is well, until told otherwise, for the time of the block."""
    with TcpPrinter(port) as printer:
        threading.Thread(target=printer.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield printer
        finally:
            printer.shutdown()
            printer.cut()


@contextmanager
def never_accepts(port: int = 0) -> Iterator[int]:
    """Something at a port (given back) whose queue is full: who connects hears nothing at all."""
    with ExitStack() as open_sockets:
        busy = open_sockets.enter_context(socket.socket())
        busy.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        busy.bind(("127.0.0.1", port))
        busy.listen(0)
        for _ in range(4):  # the kernel drops who comes after these
            caller = open_sockets.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(busy.getsockname())
        yield busy.getsockname()[1]


def free_port() -> int:
    """Where nobody listens."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        return int(nobody.getsockname()[1])


def decode_qr(image: Image.Image) -> str:
    """What the one QR on the image holds."""
    codes = zxingcpp.read_barcodes(image.convert("L"))
    assert len(codes) == 1, f"{len(codes)} codes on the slip"
    return str(codes[0].text)
