"""Every fault test takes its misbehaving servers from one place."""

from raw_servers import (
    authority,
    ca_file,
    certificate,
    fetcher,
    hasty,
    make_fetcher,
    make_server,
    server,
    stopwatch,
)

__all__ = [
    "authority",
    "ca_file",
    "certificate",
    "fetcher",
    "hasty",
    "make_fetcher",
    "make_server",
    "server",
    "stopwatch",
]
