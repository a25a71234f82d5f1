"""Alembic's folder: the numbered steps of the schema."""
