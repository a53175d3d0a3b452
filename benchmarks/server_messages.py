"""Kernel messages through a notebook server: round trips of one page, and how fast displays arrive."""

import base64
import json
import os
import socket
import statistics
import struct
import threading
import time
import uuid

import measure

PROTOCOL = "v1.kernel.websocket.jupyter.org"


class Page:
    """A page's connection to a kernel: a WebSocket that reads as fast as Python can."""

    def __init__(self, server, kernel):
        host, port = server.base.split("//")[1].split(":")
        self.session = uuid.uuid4().hex
        self.socket = socket.create_connection((host, int(port)), timeout=120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.sent = 0
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            (
                f"GET /api/kernels/{kernel}/channels?session_id={self.session} HTTP/1.1\r\nHost: {host}:{port}\r\n"
                f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
                f"Sec-WebSocket-Protocol: {PROTOCOL}\r\nAuthorization: token {server.token}\r\n\r\n"
            ).encode()
        )
        while b"\r\n\r\n" not in self.buffer:
            self._more()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        if not head.startswith(b"HTTP/1.1 101") or PROTOCOL.encode() not in head:
            raise SystemExit("A page could not connect to a kernel: " + head.decode())
        # The payloads of all frames, for ever.
        self.frames = self._frames()

    def _more(self):
        data = self.socket.recv(1 << 20)
        if not data:
            raise SystemExit("A server closed the connection of a page.")
        self.buffer += data

    def execute(self, code):
        """Sends a request to run a cell, and answers its id."""
        self.sent += 1
        msg_id = f"{self.session}_{self.sent}"
        header = {"msg_id": msg_id, "session": self.session, "username": "", "date": "2026-01-01T00:00:00Z",
                  "msg_type": "execute_request", "version": "5.4"}
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False,
                   "stop_on_error": True}
        # As JupyterLab says which cell it is.
        parts = [b"shell", *(json.dumps(part).encode() for part in (header, {}, {"cellId": "bench"}, content))]
        offsets = [8 * (2 + len(parts))]
        for part in parts:
            offsets.append(offsets[-1] + len(part))
        self._send(struct.pack(f"<{1 + len(offsets)}Q", len(offsets), *offsets) + b"".join(parts))
        return msg_id.encode()

    def _send(self, payload):
        mask = os.urandom(4)
        length = len(payload)
        head = struct.pack("!BB", 0x82, 0x80 | length) if length < 126 else struct.pack("!BBH", 0x82, 0xFE, length)
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
        self.socket.sendall(head + mask + masked)

    def _frames(self):
        at = 0
        while True:
            while len(self.buffer) - at < 2 or len(self.buffer) - at < self._length(at)[1]:
                self.buffer = self.buffer[at:]
                at = 0
                self._more()
            start, end = self._length(at)
            opcode = self.buffer[at] & 15
            payload = self.buffer[at + start : at + end]
            at += end
            if opcode == 9:
                self.socket.sendall(b"\x8a\x80" + os.urandom(4))
            else:
                yield payload

    def _length(self, at):
        """Where a frame's payload begins, and where the frame ends."""
        short = self.buffer[at + 1] & 127
        if short < 126:
            return 2, 2 + short
        size = 2 if short == 126 else 8
        if len(self.buffer) - at < 2 + size:
            return 2, 1 << 62
        return 2 + size, 2 + size + int.from_bytes(self.buffer[at + 2 : at + 2 + size], "big")

    def close(self):
        self.socket.close()


def round_trips(page, count):
    """Seconds of each run of an empty cell, until it is answered and the kernel idle."""
    times = []
    for _ in range(count):
        begin = time.perf_counter()
        msg_id = page.execute("pass")
        answered = idle = False
        while not (answered and idle):
            frame = next(page.frames)
            if msg_id in frame:
                answered |= b'"execute_reply"' in frame
                idle |= b'"idle"' in frame
        times.append(time.perf_counter() - begin)
    return times


def one_kernel(server, name, count):
    """p50 and p99 in ms, and the server's own CPU time for each in ms."""
    kernel = server.kernel(name)
    page = Page(server, kernel)
    try:
        round_trips(page, max(20, count // 4))
        before = measure.own_cpu(server.process.pid)
        times = sorted(round_trips(page, count))
        cpu = measure.own_cpu(server.process.pid) - before
        return {
            "p50": statistics.median(times) * 1e3,
            "p99": times[min(len(times) - 1, int(len(times) * 0.99))] * 1e3,
            "cpu": cpu / count * 1e3,
        }
    finally:
        page.close()
        server.end(kernel)


class Reader(threading.Thread):
    """Counts the displays of one flood."""

    def __init__(self, page):
        super().__init__(daemon=True)
        self.page = page
        self.displays = 0
        self.msg_id = b""

    def run(self):
        for frame in self.page.frames:
            if b'"display_data"' in frame:
                self.displays += 1
            elif b'"idle"' in frame and self.msg_id in frame:
                return


def flood(server, kernels, count):
    """Displays in a second over all kernels, µs of the server's CPU time for each, how many were lost, most RSS."""
    ids = [server.kernel("bench") for _ in range(kernels)]
    pages = [Page(server, kernel) for kernel in ids]
    try:
        for page in pages:
            round_trips(page, 3)
        readers = [Reader(page) for page in pages]
        before = measure.own_cpu(server.process.pid)
        begin = time.perf_counter()
        for reader in readers:
            reader.msg_id = reader.page.execute(f"flood {count}")
            reader.start()
        rss = 0
        while any(reader.is_alive() for reader in readers):
            if time.perf_counter() - begin > 180:
                break
            rss = max(rss, measure.own_memory(server.process.pid))
            time.sleep(0.1)
        wall = time.perf_counter() - begin
        cpu = measure.own_cpu(server.process.pid) - before
        seen = sum(reader.displays for reader in readers)
        return {"wall": wall / max(1, seen) * 1e6, "cpu": cpu / max(1, seen) * 1e6, "lost": kernels * count - seen, "rss": rss}
    finally:
        for page in pages:
            page.close()
        for kernel in ids:
            server.end(kernel)
