"""Names of elements: namespaces, and the record that each type is."""

from __future__ import annotations

from collections.abc import Mapping

from fingerprint_engine.exchange.markup import Name

ITL = "http://biometrics.nist.gov/standard/2011"
BIOM = "http://niem.gov/niem/biometrics/1.0"
NC = "http://niem.gov/niem/niem-core/2.0"
INT_I = "http://interpol.int/int-i/1.0"
"""As INTERPOL's table of fields has it; its samples have `INT_I_OF_SAMPLES`."""
INT_I_OF_SAMPLES = "http://interpol.gov/int-i/1.0"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
PREFIXES: dict[str, str] = {
    ITL: "itl",
    BIOM: "biom",
    NC: "nc",
    INT_I: "int-i",
    INT_I_OF_SAMPLES: "int-i",
    XSI: "xsi",
}
SPACES: Mapping[str, tuple[str, ...]] = {
    "": (BIOM,),
    "itl": (ITL,),
    "nc": (NC,),
    "int-i": (INT_I, INT_I_OF_SAMPLES),
}
"""Namespaces of a prefix in the tables of elements, the one that is written first."""

ROOT = "NISTBiometricInformationExchangePackage"
RECORDS: Mapping[int, str] = {
    1: "PackageInformationRecord",
    2: "PackageDescriptiveTextRecord",
    3: "PackageLowResolutionGrayscaleImageRecord",
    4: "PackageHighResolutionGrayscaleImageRecord",
    5: "PackageLowResolutionBinaryImageRecord",
    6: "PackageHighResolutionBinaryImageRecord",
    7: "PackageUserDefinedImageRecord",
    8: "PackageSignatureImageRecord",
    9: "PackageMinutiaeRecord",
    10: "PackageFacialAndSMTImageRecord",
    11: "PackageVoiceDataRecord",
    12: "PackageForensicDentalDataRecord",
    13: "PackageLatentImageRecord",
    14: "PackageFingerprintImageRecord",
    15: "PackagePalmprintImageRecord",
    16: "PackageUserDefinedTestingImageRecord",
    17: "PackageIrisImageRecord",
    18: "PackageDNARecord",
    19: "PackagePlantarImageRecord",
    20: "PackageSourceRepresentationRecord",
    21: "PackageAssociatedContextRecord",
    22: "PackageNonPhotographicImageryRecord",
    98: "PackageInformationAssuranceRecord",
    99: "PackageCBEFFBiometricDataRecord",
}
TYPES: Mapping[str, int] = {name: kind for kind, name in RECORDS.items()}
BINARY = frozenset({"BinaryBase64Object"})
"""Elements whose text is base64."""


def names_of(text: str) -> tuple[Name, ...]:
    """The qualified names of a step of a path, the one that is written first."""
    found = []
    for one in text.split("|"):
        prefix, _, local = one.rpartition(":")
        found.append([Name(space, local) for space in SPACES[prefix]])
    return tuple(name for names in found for name in names)
