"""What feedhub knows → what the world reads, one file a format; the mirror of `readers`.

Pure: the same page renders to the same bytes. Never asks the time, never looks anything up, never sends anything.
`wording` is lent out so that the log's titles and the feeds' texts speak with one voice.
"""

from feedhub.publish import _wording as wording
from feedhub.publish._shapes import CalendarPage, Event, FeedPage, OutagePage, Outline, ShownOutage, StatePage

__all__ = ["CalendarPage", "Event", "FeedPage", "OutagePage", "Outline", "ShownOutage", "StatePage", "wording"]
