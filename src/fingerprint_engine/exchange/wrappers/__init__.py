"""RECORDS IN OTHER PEOPLE'S WRAPPING: CBEFF in XML, PIV cards, passports, text.

In come bytes, out go the records inside them with their names, as bytes: what they are is told by whoever reads them.
Signatures around them are passed over, never checked. The room must not know what a record says.
"""

from fingerprint_engine.exchange.wrappers import cbeff_xml, icao, piv, written_out
from fingerprint_engine.exchange.wrappers.model import Wrapped, Wrapper

__all__ = ["Wrapped", "Wrapper", "cbeff_xml", "icao", "piv", "written_out"]
