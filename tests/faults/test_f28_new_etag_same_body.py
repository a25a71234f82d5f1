"""F28: the ETag changes at each answer, the body does not."""

import hashlib
import itertools

from raw_servers import NOW, PAGE, answer, source


def test_equal_bodies_have_equal_hashes_whatever_the_validator(server, fetcher) -> None:
    numbers = itertools.count()
    server.routes["/"] = lambda _asked, _sock: answer(body=PAGE, ETag=f'"{next(numbers)}"')
    first = fetcher.fetch(source(server.url()), None, NOW)
    second = fetcher.fetch(source(server.url()), first.validators, NOW)
    assert first.validators.etag != second.validators.etag, "the fault"
    assert hashlib.sha256(first.body).digest() == hashlib.sha256(second.body).digest()


def test_another_compression_is_the_same_body(server, fetcher) -> None:
    import gzip

    server.routes["/"] = answer(body=gzip.compress(PAGE, 1), Content_Encoding="gzip")
    packed = fetcher.fetch(source(server.url()), None, NOW).body
    server.routes["/"] = answer(body=PAGE)
    assert packed == fetcher.fetch(source(server.url()), None, NOW).body
