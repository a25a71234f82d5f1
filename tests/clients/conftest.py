"""The served feedhub, for every test of this folder."""

from clients_house import served  # noqa: F401
