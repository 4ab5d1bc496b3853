"""Fuzz targets, one module per group of parsers.

``take`` gets any bytes and checks the parser: values that it reads are written back unchanged, and
other bytes raise a named error. ``SEEDS`` are inputs with a high coverage.
"""
