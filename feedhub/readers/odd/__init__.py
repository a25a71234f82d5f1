"""Readers of single odd pages: one file `<source_id>.py` each, named in the source's declaration as `odd`.

Such a file has `read(body, options) -> Reading` like every reader. No code is loaded from the catalogue.
"""
