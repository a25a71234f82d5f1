"""Source → Fetched or NotModified: guarded and polite, over HTTP. Never parses, never stores, never asks the clock."""

from feedhub.fetch.agent import user_agent
from feedhub.fetch.fetcher import Fetcher
from feedhub.fetch.guard import Guard, Network, Resolver, refusal
from feedhub.fetch.hints import next_due
from feedhub.fetch.mailbox import enveloped
from feedhub.fetch.session import GuardedSession, Reply, guarded_session
from feedhub.fetch.transport import Limits
from feedhub.fetch.urls import normalise_url

__all__ = [
    "Fetcher",
    "Guard",
    "GuardedSession",
    "Limits",
    "Network",
    "Reply",
    "Resolver",
    "enveloped",
    "guarded_session",
    "next_due",
    "normalise_url",
    "refusal",
    "user_agent",
]
