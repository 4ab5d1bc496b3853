"""Readers of public npm card packages, which return import records of the cards context."""

from .broken_package import BrokenPackage
from .card_package import CardPackage, Record
from .flesh_and_blood import read_flesh_and_blood
from .tcg_pocket import read_tcg_pocket

__all__ = ["BrokenPackage", "CardPackage", "Record", "read_flesh_and_blood", "read_tcg_pocket"]
