"""Compressed answers are unpacked in any pieces, under a cap, and only when they are whole."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.errors import FetchError
from feedhub.fetch.unpack import Unpacker


def unpack(encodings: str, data: bytes, piece: int, cap: int = 10**6) -> bytes:
    unpacker = Unpacker(encodings)
    out = b"".join(unpacker.feed(data[i : i + piece], cap) for i in range(0, len(data), piece))
    unpacker.finish()
    return out


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=3), st.integers(1, 64))
def test_gzip_members_come_back_whatever_the_pieces(members: list[bytes], piece: int) -> None:
    assert unpack("gzip", b"".join(map(gzip.compress, members)), piece) == b"".join(members)


@given(st.binary(max_size=300), st.integers(1, 64), st.booleans())
def test_deflate_comes_back_with_or_without_its_wrapper(data: bytes, piece: int, wrapped: bool) -> None:
    packer = zlib.compressobj(wbits=15 if wrapped else -15)
    packed = packer.compress(data) + packer.flush()
    if wrapped or piece > 1:
        assert unpack("deflate", packed, max(piece, 2)) == data


@given(st.binary(min_size=1, max_size=300), st.integers(1, 64), st.data())
def test_a_stream_without_its_end_is_never_taken(data: bytes, piece: int, draw) -> None:
    packed = gzip.compress(data)
    cut = draw.draw(st.integers(1, len(packed) - 1))
    with pytest.raises(FetchError) as caught:
        unpack("gzip", packed[:cut], piece)
    assert caught.value.reason == "truncated"


@given(st.integers(1, 2000), st.integers(1, 2000))
def test_the_cap_is_exact(size: int, cap: int) -> None:
    packed = gzip.compress(bytes(size))
    if size <= cap:
        assert len(unpack("gzip", packed, 16, cap)) == size
    else:
        with pytest.raises(FetchError) as caught:
            unpack("gzip", packed, 16, cap)
        assert caught.value.reason == "too_large"


def test_nothing_compressed_is_handed_through() -> None:
    assert unpack("identity", b"abc", 2) == b"abc"
    assert unpack("", b"abc", 2) == b"abc"
    assert unpack("gzip", b"", 2) == b""
