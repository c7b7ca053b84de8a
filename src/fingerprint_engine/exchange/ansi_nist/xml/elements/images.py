"""Types 4, 8, 10, 13, 14, 15 and 20. The syntax of a line is described in `mapping`."""

from __future__ import annotations

from fingerprint_engine.exchange.ansi_nist.xml.elements.descriptive import IDC

_DETAIL = "$I/ImageCaptureDetail|BiometricCaptureDetail"
_TWO_D = "CaptureLocation/LocationTwoDimensionalGeographicCoordinate"
_LATITUDE = f"{_TWO_D}/nc:GeographicCoordinateLatitude"
_LONGITUDE = f"{_TWO_D}/nc:GeographicCoordinateLongitude"
_ALTERNATE = "CaptureLocation/LocationAlternateGeographicSystemValue"

ANNOTATION = """
902 ProcessAnnotation* ( ProcessUTCDate/nc:DateTime:moment, ProcessName, ProcessOwnerText, ProcessDescriptionText )
~902 ProcessAnnotation
"""
LINKS = (
    ANNOTATION
    + """
995 AssociatedContext* ( ContextIdentification/nc:IdentificationID, ImageSegmentIdentification/nc:IdentificationID )
996 ImageHashValue
997 SourceRepresentation* ( SourceIdentification/nc:IdentificationID, ImageSegmentIdentification/nc:IdentificationID )
"""
)
CAPTURE = f"""
998 {_DETAIL} ( CaptureUTCDateTime/nc:DateTime:moment, {_LATITUDE}/nc:LatitudeDegreeValue,
    {_LATITUDE}/nc:LatitudeMinuteValue, {_LATITUDE}/nc:LatitudeSecondValue, {_LONGITUDE}/nc:LongitudeDegreeValue,
    {_LONGITUDE}/nc:LongitudeMinuteValue, {_LONGITUDE}/nc:LongitudeSecondValue,
    CaptureLocation/nc:LocationGeographicElevation/nc:MeasurePointValue, {_TWO_D}/GeodeticDatumCoordinateSystemCode,
    CaptureLocation/nc:LocationUTMCoordinate/nc:UTMGridZoneID,
    CaptureLocation/nc:LocationUTMCoordinate/nc:UTMEastingValue,
    CaptureLocation/nc:LocationUTMCoordinate/nc:UTMNorthingValue, CaptureLocation/nc:LocationDescriptionText,
    {_ALTERNATE}/GeographicLocationSystemName, {_ALTERNATE}/GeographicLocationText )
5 {_DETAIL}/CaptureDate/nc:Date|nc:DateTime:when
903 {_DETAIL}/CaptureDeviceIdentification/nc:IdentificationID
904 {_DETAIL} ( CaptureDeviceMakeText, CaptureDeviceModelText, CaptureDeviceSerialNumberText )
16 {_DETAIL}/CaptureHorizontalPixelDensityValue
4 {_DETAIL}/CaptureOrganization/nc:OrganizationIdentification/nc:IdentificationID
993 {_DETAIL}/CaptureOrganization/nc:OrganizationName
47 {_DETAIL}/CaptureOrganization/nc:OrganizationUnitName
17 {_DETAIL}/CaptureVerticalPixelDensityValue
30 {_DETAIL}/CaptureDeviceMonitoringModeCode
~4 {_DETAIL}/CaptureOrganization
"""
_SIZE = """
6 $I/ImageHorizontalLineLengthPixelQuantity
9 $I/ImageHorizontalPixelDensityValue
8 $I/ImageScaleUnitsCode
7 $I/ImageVerticalLineLengthPixelQuantity
10 $I/ImageVerticalPixelDensityValue
"""
_DATA = "999 $I/nc:BinaryBase64Object:data\n"
_SUBJECT = """
46 SubjectExistentialDetails ( SubjectExistentialStatusCode, SubjectBodyStatusCode, SubjectBodyClassCode )
46 $I/SubjectExistentialDetails ( SubjectExistentialStatusCode, SubjectBodyStatusCode, SubjectBodyClassCode )
"""
_QUALITY = (
    "QualityValue, QualityAlgorithmVendorIdentification/nc:IdentificationID, "
    "QualityAlgorithmProductIdentification/nc:IdentificationID"
)
_BOUNDS = (
    "SegmentLeftHorizontalCoordinateValue, SegmentRightHorizontalCoordinateValue, SegmentTopVerticalCoordinateValue, "
    "SegmentBottomVerticalCoordinateValue"
)
_FINGER = "FingerPositionCode|FrictionRidgePositionCode|PalmPositionCode|PlantarPositionCode"
_RIDGES = (
    IDC
    + LINKS
    + _DATA
    + "12 $I/ImageBitsPerPixelQuantity\n"
    + CAPTURE
    + "20 $I/ImageCommentText\n11 $I/ImageCompressionAlgorithmText\n"
    + _SIZE
    + """
3 $I/FingerprintImageImpressionCaptureCategoryCode
901 $I/FrictionRidgeCaptureTechnology
"""
)
_MAJOR_CASE = f"""
14 $I/FingerprintImageMajorCasePrint* ( FingerPositionCode, MajorCasePrintCode )
15 $I/FingerprintImageMajorCasePrint/MajorCasePrintSegmentOffset* ( SegmentFingerViewCode, SegmentLocationCode,
    {_BOUNDS} )
"""

TYPE_4 = (
    IDC
    + """
9 $I/nc:BinaryBase64Object:data
5 $I/ImageCaptureDetail/CaptureResolutionCode
8 $I/ImageCompressionAlgorithmCode
6 $I/ImageHorizontalLineLengthPixelQuantity
7 $I/ImageVerticalLineLengthPixelQuantity
4 $I/FingerprintImagePosition/FingerPositionCode*
3 $I/FingerprintImageImpressionCaptureCategoryCode
"""
).replace("$I", "FingerprintImage")

TYPE_8 = (
    IDC
    + """
8 $I/nc:BinaryBase64Object:data
5 $I/ImageCaptureDetail/CaptureResolutionCode
6 $I/ImageHorizontalLineLengthPixelQuantity
7 $I/ImageVerticalLineLengthPixelQuantity
%8 $I/SignatureImageVectorRepresentation
4 $I/SignatureRepresentationCode
3 $I/SignatureCategoryCode
"""
).replace("$I", "SignatureImage")

TYPE_13 = (
    _RIDGES
    + f"13 $I/FrictionRidgePositionCode|{_FINGER}*"
    + _MAJOR_CASE
    + f"""
24 $I/FrictionRidgeImageQuality|FingerprintImageQuality|PalmprintImageQuality* (
    FrictionRidgePositionCode|{_FINGER}, {_QUALITY} )
%18 $I/StandardFingerprintFormNumberText
%19 $I/ResolutionMethodInformation
"""
    + _SUBJECT
).replace("$I", "FrictionRidgeImage|FingerImpressionImage|PalmprintImage|PlantarImage")

TYPE_14 = (
    _RIDGES
    + f"13 $I/{_FINGER}*"
    + _MAJOR_CASE
    + f"""
26 $I/ImageCaptureDetail/CaptureIdentification/nc:IdentificationID
18 $I/FingerprintImageFingerMissing* ( FingerPositionCode, FingerMissingCode )
21 $I/FingerprintImageSegmentPositionSquare* ( FingerPositionCode, {_BOUNDS} )
22 $I/FingerprintImageNISTQuality* ( FingerPositionCode, NISTQualityMeasure )
23 $I/FingerprintImageSegmentationQuality* ( FingerPositionCode, {_QUALITY} )
24 $I/FingerprintImageQuality* ( FingerPositionCode, {_QUALITY} )
25 $I/FingerprintImageSegmentPositionPolygon* ( FingerPositionCode, PositionPolygonVertexQuantity,
    PositionPolygonVertex:vertices )
31 $I/FingerprintImageAcquisitionProfileCode
27 $I/FingerprintImageStitchedIndicator:yes_no
"""
    + _SUBJECT
).replace("$I", "FingerImpressionImage|itl:FingerprintImage")

TYPE_15 = (
    _RIDGES
    + f"13 $I/PalmPositionCode|{_FINGER}*"
    + f"""
18 $I/PalmprintImageMissingArea* ( PalmPositionCode, PalmMissingAreaReasonCode )
24 $I/PalmprintImageQuality* ( PalmPositionCode, {_QUALITY} )
21 FrictionRidgeImageSegmentPositionSquare* ( PalmPositionCode, {_BOUNDS} )
31 $I/PalmprintImageAcquisitionProfileCode
"""
    + _SUBJECT
).replace("$I", "PalmprintImage")

TYPE_10 = (
    IDC
    + LINKS
    + _DATA
    + CAPTURE
    + _SIZE
    + f"""
12 $I/ImageColorSpaceCode
38 $I/ImageCommentText
11 $I/ImageCompressionAlgorithmText
3 $I/ImageCategoryCode
13 $I/FaceImageAcquisitionProfileCode
20 $I/FaceImageSubjectPoseCode
21 $I/FaceImagePoseOffsetAngleMeasure
24 $I/ImageQuality* ( {_QUALITY} )
26 $I/FaceImageDescriptionCode*
27 $I/FaceImageEyeColorAttributeCode
28 $I/FaceImageHairColorAttributeCode*
19 $I/FaceImageLightingArtifactsCode*
39 $I/PhysicalFeatureReferenceIdentification/nc:IdentificationID
40 $I/PhysicalFeatureNCICCode*
44 $I/ImageTransformationCode*
%992 Type2CrossReferenceIdentification
%34 $I/ImageCaptureDetail/ImageCaptureDateEstimateRange
%18 $I/ImageDistortion
%25 $I/FaceImage3DPoseAngle
%22 $I/FaceImageAttribute
%26 $I/FaceImageDescriptionText
%29 $I/FaceImageFeaturePoint
%23 $I/FaceImageAcquisitionSource
%14 $I/FaceImageBoundingSquare
%15 $I/FaceImageBoundary
%31 $I/FaceImageFeaturePointTierCode
%32 $I/FaceImage3DFeaturePoint
%33 $I/FaceImageContour
%45 $I/FaceImageOcclusion
%48 $I/PatternedInjuryDetail
%49 $I/CheiloscopicImageInformation
%50 $I/DentalVisualImageDataInformation
%51 $I/RulerScalePresenceInformation
%43 $I/PhysicalFeatureDescriptionDetail/PhysicalFeatureColorDetail
%42 $I/PhysicalFeatureDescriptionDetail/PhysicalFeatureCategoryCode
%42 $I/PhysicalFeatureDescriptionDetail/PhysicalFeatureSubClassText
%42 $I/PhysicalFeatureDescriptionDetail/PhysicalFeatureClassCode
%42 $I/PhysicalFeatureDescriptionDetail/PhysicalFeatureSubClassCode
%42 $I/PhysicalFeatureDescriptionDetail/PhysicalFeatureDescriptionText
%41 $I/PhysicalFeatureSize
"""
    + _SUBJECT
).replace("$I", "FaceImage|PhysicalFeatureImage")

TYPE_20 = (
    IDC
    + LINKS
    + """
3 SourceRecordCardinalityCode
14 SourceAcquisition* ( AcquisitionSourceCode, AcquisitionDigitalConversionDescriptionText,
    AcquisitionFormatDescriptionText, AcquisitionSpecialCharacteristicsText )
15 SourceFileFormat ( SourceFileCategoryText, SourceFileDecodingInstructionsText )
20 SourceCommentText
21 SourceIdentification/nc:IdentificationID
994 SourceExternalFileReferenceText
"""
    + _DATA
    + "12 $I/ImageBitsPerPixelQuantity\n"
    + CAPTURE.replace("\n16 ", "\n17 ", 1).replace(
        "\n17 $I/ImageCaptureDetail|BiometricCaptureDetail/CaptureV",
        "\n18 $I/ImageCaptureDetail|BiometricCaptureDetail/CaptureV",
    )
    + """
22 $I/ImageCaptureDetail|BiometricCaptureDetail/ImageCaptureDateEstimateRange
13 $I/ImageColorSpaceCode
11 $I/ImageCompressionAlgorithmText
"""
    + _SIZE
    + """
16 $I/ImageSegment* ( ImageSegmentIdentification/nc:IdentificationID,
    ImageSegmentInternalIdentification/nc:IdentificationID, PositionPolygonVertexQuantity,
    PositionPolygonVertex:vertices )
19 $I/TimeSegment* ( TimeSegmentStartTimeValue, TimeSegmentEndTimeValue )
~994 SourceImage
~999 SourceImage
~999 SourceExternalFileReferenceText
~999 SourceVideo/BiometricCaptureDetail
"""
).replace("$I", "SourceImage|SourceVideo|SourceAudio")
