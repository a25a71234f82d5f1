"""feedhub: months of notice, instead of weeks, of the social requirements that public buyers of ICT will set."""

__version__ = "0.1.0"
