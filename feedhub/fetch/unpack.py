"""Content codings undone under a cap. Never reads from a socket, never looks at what the bytes mean.

urllib3's decoders bound one step but accept a compressed stream that has no end; a page cut in the middle must not
pass for a page that lost its second half (2026-11, urllib3 2.8).
"""

from __future__ import annotations

import contextlib
import zlib

from feedhub.errors import FetchError

ACCEPTED = "gzip, deflate"
_GZIP = {"gzip", "x-gzip"}
_DEEPEST = 2


class Unpacker:
    """Feeds an answer's bytes through its codings, last one first."""

    def __init__(self, encodings: str) -> None:
        """Read a Content-Encoding header; raises FetchError `decode` for a coding nobody asked for."""
        names = [n for n in (part.strip().lower() for part in encodings.split(",")) if n and n != "identity"]
        for name in names:
            if name not in _GZIP and name != "deflate":
                raise FetchError("decode", f"the coding {name[:20]!r} was not asked for")
        if len(names) > _DEEPEST:
            raise FetchError("decode", f"{len(names)} codings are nested")
        self._layers = [_Layer(gzip=name in _GZIP) for name in reversed(names)]

    def feed(self, data: bytes, cap: int) -> bytes:
        """The decoded bytes of the next piece; FetchError `too_large` when a stage passes `cap`, `decode` if broken."""
        for layer in self._layers:
            data = layer.feed(data, cap)
        return data

    def finish(self) -> None:
        """Raise FetchError `truncated` when a compressed stream has not come to its end."""
        if any(layer.open for layer in self._layers):
            raise FetchError("truncated", "the compressed stream has no end")


class _Layer:
    """One coding: gzip with its members, or deflate with or without the zlib wrapper that RFC 9110 asks for."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._stream = self._new()
        self._total = 0
        self._begun = False
        self._ended = False

    def _new(self) -> zlib._Decompress:
        return zlib.decompressobj((16 if self._gzip else 0) + zlib.MAX_WBITS)

    @property
    def open(self) -> bool:
        return self._begun and not self._stream.eof

    def feed(self, data: bytes, cap: int) -> bytes:
        out = bytearray()
        while data and not self._ended:
            if self._stream.eof:
                if not (self._gzip and data.startswith(b"\x1f")):
                    self._ended = True  # padding after the end is ignored, as every gzip reader does
                    break
                self._stream = self._new()
            piece = self._step(data, cap - self._total + 1)
            self._total += len(piece)
            if self._total > cap:
                raise FetchError("too_large", f"more than {cap} bytes when unpacked")
            out += piece
            data = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail
        return bytes(out)

    def _step(self, data: bytes, most: int) -> bytes:
        first, self._begun = not self._begun, True
        try:
            return self._stream.decompress(data, most)
        except zlib.error as error:
            if first and not self._gzip:
                self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
                with contextlib.suppress(zlib.error):
                    return self._stream.decompress(data, most)
            raise FetchError("decode", str(error)) from error
