"""The gate every outgoing connection passes: which address and port may be reached.

Resolves a name once, judges every answer, and opens the socket to a judged address, so that no second lookup can
lead elsewhere. Never speaks HTTP, never reads a URL.
"""

from __future__ import annotations

import errno
import ipaddress
import queue
import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from itertools import zip_longest

from feedhub.errors import FetchError
from feedhub.fetch.deadline import Deadline

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
#: Host and port in, textual IP addresses out; raises `socket.gaierror` when the name has none.
Resolver = Callable[[str, int], Sequence[str]]

PORTS = frozenset({80, 443, 8080, 8443})
_LOOKUPS = threading.BoundedSemaphore(64)
_NO_ROUTE = {errno.ENETUNREACH, errno.ENETDOWN}

#: IANA's special-purpose registry for IPv4 with multicast and reserved space, read strictly: a block is refused as a
#: whole even where single addresses inside it are global. 168.63.129.16 is a cloud platform's own service.
_REFUSED_V4 = tuple(
    (ipaddress.IPv4Network(network), name)
    for network, name in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "cloud platform service"),
        ("169.254.0.0/16", "link-local, cloud metadata"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
#: What is special inside global unicast. Translation prefixes (Teredo, 6to4) carry an IPv4 address of anyone's choice.
_REFUSED_V6 = tuple(
    (ipaddress.IPv6Network(network), name)
    for network, name in (
        ("2001::/23", "protocol assignments, Teredo"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
    )
)


def refusal(address: Address, port: int, allow: Sequence[Network] = (), ports: frozenset[int] = PORTS) -> str:
    """Why a connection to this address and port is refused, or "" when it may be opened.

    A network in `allow` is let through with any port. IPv6 outside 2000::/3 is refused as a whole, with it every
    form that carries an IPv4 address (mapped, compatible, NAT64).
    """
    if any(address in network for network in allow):
        return ""
    if port not in ports:
        return f"port {port} is not one of {', '.join(map(str, sorted(ports)))}"
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_V6:
        return f"{address} is not global unicast"
    table: Iterable[tuple[Network, str]] = _REFUSED_V4 if address.version == 4 else _REFUSED_V6
    for network, name in table:
        if address in network:
            return f"{address} is in {network}, {name}"
    return "" if address.is_global else f"{address} is not a public address"


def system_resolver(host: str, port: int) -> Sequence[str]:
    """The platform's own lookup (hosts file, search domains, DNS) with the port's answers in its order."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_, sockaddr in answers]


def has_route() -> bool:
    """Whether this machine has any way out: asks the routing table through a UDP socket, no packet is sent."""
    for family, target in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((target, 9))
                return True
        except OSError:
            continue
    return False


class Guard:
    """Judges and opens connections. Thread-safe; holds no state beside its rules."""

    def __init__(
        self,
        allow: Sequence[Network] = (),
        resolver: Resolver | None = None,
        *,
        tries: int = 4,
        connect: float = 5.0,
        ports: frozenset[int] = PORTS,
    ) -> None:
        """Let `allow` through; try up to `tries` addresses, each for at most `connect` seconds."""
        self._allow = tuple(allow)
        self._ports = ports
        self._resolver = resolver or system_resolver
        self._local = resolver is None
        self._tries = tries
        self._connect = connect

    def addresses(self, host: str, port: int, deadline: Deadline) -> list[Address]:
        """The judged addresses of a host, in order, families taking turns; one lookup.

        Raises FetchError `dns`, `no_network`, or `blocked_address` when a single answer is refused: a name with one
        private answer among public ones is an attack or a mistake, and both are the operator's to see.
        """
        try:
            found = [ipaddress.ip_address(host)]
        except ValueError:
            found = self._lookup(host, port, deadline)
        for address in found:
            if why := refusal(address, port, self._allow, self._ports):
                raise FetchError("blocked_address", f"{host}: {why}")
        by_family = [
            [a for a in found if a.version == version] for version in (found[0].version, 10 - found[0].version)
        ]
        return [a for pair in zip_longest(*by_family) for a in pair if a is not None]

    def connect(self, host: str, port: int, deadline: Deadline) -> socket.socket:
        """Open a socket to a judged address, trying the next one when one is dead.

        Raises FetchError `connect`, `timeout`, `dns`, `no_network` or `blocked_address`; none derives from OSError,
        so that no layer above takes a refusal for a broken connection and tries again.
        """
        problems: list[OSError] = []
        for address in self.addresses(host, port, deadline)[: self._tries]:
            deadline.check()
            try:
                return _open(address, port, min(self._connect, deadline.left()))
            except OSError as error:
                problems.append(error)
        deadline.check()
        if all(p.errno in _NO_ROUTE for p in problems) and not has_route():
            raise FetchError("no_network", str(problems[-1])) from problems[-1]
        raise FetchError("connect", f"{host}:{port}: {problems[-1].strerror or problems[-1]}") from problems[-1]

    def _lookup(self, host: str, port: int, deadline: Deadline) -> list[Address]:
        try:
            texts = _bounded(self._resolver, host, port, deadline)
        except (OSError, UnicodeError) as error:
            text = (error.strerror if isinstance(error, OSError) else "") or str(error)
            lost = isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN
            reason = "no_network" if self._local and lost and not has_route() else "dns"
            raise FetchError(reason, f"{host}: {text}") from error
        found = list(dict.fromkeys(ipaddress.ip_address(text) for text in texts))
        if not found:
            raise FetchError("dns", f"{host}: no address")
        return found


def _bounded(resolver: Resolver, host: str, port: int, deadline: Deadline) -> Sequence[str]:
    """One lookup under the deadline: the platform's resolver takes no timeout, so it runs on a thread of its own."""
    slots = _LOOKUPS
    if not slots.acquire(timeout=deadline.left()):
        raise FetchError("dns", f"{host}: too many lookups are hanging")
    answer: queue.SimpleQueue[Sequence[str] | Exception] = queue.SimpleQueue()

    def look() -> None:
        try:
            answer.put(resolver(host, port))
        except Exception as error:  # noqa: BLE001 - handed to the caller's thread, which raises it
            answer.put(error)
        finally:
            slots.release()

    threading.Thread(target=look, name=f"lookup {host}", daemon=True).start()
    try:
        result = answer.get(timeout=max(deadline.left(), 0.001))
    except queue.Empty:
        raise FetchError("dns", f"{host}: the lookup took too long") from None
    if isinstance(result, Exception):
        raise result
    return result


def _open(address: Address, port: int, timeout: float) -> socket.socket:
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(max(timeout, 0.001))
        sock.connect((str(address), port))
    except BaseException:
        sock.close()
        raise
    return sock
