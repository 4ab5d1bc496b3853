"""What reads foreign bytes, one module for each group of parsers.

``take`` gets any bytes, and holds a parser to what it promises beyond not to fall: what it reads is
written back alike, and what it refuses it refuses by name. ``SEEDS`` are inputs that lead far in.
"""
