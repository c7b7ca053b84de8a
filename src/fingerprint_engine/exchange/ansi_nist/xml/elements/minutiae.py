"""Type-9, all blocks. The syntax of a line is described in `mapping`."""

from __future__ import annotations

from fingerprint_engine.exchange.ansi_nist.xml.elements.descriptive import IDC
from fingerprint_engine.exchange.ansi_nist.xml.elements.images import ANNOTATION

_POINT = "ImageLocationHorizontalCoordinateMeasure, ImageLocationVerticalCoordinateMeasure"
_POSITION = "PositionHorizontalCoordinateValue, PositionVerticalCoordinateValue, ImageLocationThetaAngleMeasure"
_POLYGON = "ImageSegmentPolygon/ImageSegmentVertex:polygon"
_FIRST = (
    "MinutiaLocationPoint/ImageLocationHorizontalCoordinateMeasure, "
    "MinutiaLocationPoint/ImageLocationVerticalCoordinateMeasure"
)
_SECOND = (
    "MinutiaLocationReferencePoint/ImageLocationHorizontalCoordinateMeasure, "
    "MinutiaLocationReferencePoint/ImageLocationVerticalCoordinateMeasure"
)

TYPE_9 = (
    IDC
    + ANNOTATION
    + """
3 MinutiaeImpressionCaptureCategoryCode
4 MinutiaeFormatNISTStandardIndicator:standard
%901 MinutiaeUniversalLatentWorkstationAnnotationText
903 BiometricCaptureDetail/CaptureDeviceIdentification/nc:IdentificationID
904 BiometricCaptureDetail ( CaptureDeviceMakeText, CaptureDeviceModelText, CaptureDeviceSerialNumberText )
12 itl:Minutiae/itl:MinutiaeNISTStandard/itl:MinutiaDetail* ( MinutiaIdentification/nc:IdentificationID, .:packed,
    MinutiaQualityValue, MinutiaCategoryCode, MinutiaRidgeCount:neighbours )
10 itl:Minutiae/itl:MinutiaeNISTStandard/MinutiaeQuantity
5 itl:Minutiae/itl:MinutiaeNISTStandard/MinutiaeReadingSystem ( ReadingSystemName, ReadingSystemCodingMethodCode,
    ReadingSystemSubsystemIdentification/nc:IdentificationID )
11 itl:Minutiae/itl:MinutiaeNISTStandard/MinutiaeRidgeCountIndicator:one_zero
8 itl:Minutiae/MinutiaeFingerCorePosition* ( .:packed )
9 itl:Minutiae/MinutiaeFingerDeltaPosition* ( .:packed )
7 itl:Minutiae/itl:MinutiaeFingerPatternDetail* ( itl:FingerPatternCodeSourceCode,
    FingerPatternCode|FingerPatternText )
~7 itl:Minutiae/itl:MinutiaeFingerPatternDetail/FingerPatternText
6 itl:Minutiae/MinutiaeFingerPositionCode|MinutiaePalmPositionCode*
176 OtherMinutiae/MinutiaeAlgorithmOwnerText
177 OtherMinutiae/MinutiaeAlgorithm ( MinutiaeAlgorithmName, MinutiaeAlgorithmVersionText )
178 OtherMinutiae/MinutiaeCaptureDevice ( CaptureDeviceName, CaptureDeviceVersionText )
179
    OtherMinutiae/MinutiaeFormatContactOrganization/nc:OrganizationPrimaryContactInformation/nc:ContactInformationDescriptionText
126 $S ( CBEFFFormatOwnerIdentification/nc:IdentificationID, CBEFFFormatCategoryIdentification/nc:IdentificationID,
    CBEFFProductIdentification/nc:IdentificationID )
127 $S/ImageCaptureDetail ( CaptureDeviceCertificationCode, CaptureDeviceIdentification/nc:IdentificationID )
128 $S/FingerImpressionImage/ImageHorizontalLineLengthPixelQuantity
131 $S/FingerImpressionImage/ImageHorizontalPixelDensityValue
130 $S/FingerImpressionImage/ImageScaleUnitsCode
129 $S/FingerImpressionImage/ImageVerticalLineLengthPixelQuantity
132 $S/FingerImpressionImage/ImageVerticalPixelDensityValue
134 $S/FingerImpressionImage/FingerPositionCode
133 $S/FingerViewNumeric
135 $S/MinutiaeQuality* ( QualityValue, QualityAlgorithmVendorIdentification/nc:IdentificationID,
    QualityAlgorithmProductIdentification/nc:IdentificationID )
136 $S/MinutiaeQuantity
137 $S/INCITSMinutia* ( MinutiaIdentification/nc:IdentificationID,
    INCITSMinutiaLocation/PositionHorizontalCoordinateValue, INCITSMinutiaLocation/PositionVerticalCoordinateValue,
    INCITSMinutiaLocation/ImageLocationThetaAngleMeasure, INCITSMinutiaCategoryCode, MinutiaQualityValue )
138 $S ( MinutiaeRidgeCountDetail:ridge_counts )
139 $S/FingerprintPatternCoreLocation* ( $P )
140 $S/FingerprintPatternDeltaLocation* ( PositionHorizontalCoordinateValue, PositionVerticalCoordinateValue,
    ImageLocationThetaAngleMeasure:each )
~141 $S/FingerprintPatternDeltaLocation
~309 $E/MinutiaeRidgeQualityMap
~311 $E/MinutiaeRidgeFlowMap
~313 $E/MinutiaeRidgeWavelengthMap
~13 itl:Minutiae
303 $E/ExtendedFeatureSetProfileIdentification/nc:IdentificationID*
300 $E/FrictionRidgeImageRegionOfInterest ( ImageSegmentWidthMeasure, ImageSegmentHeightMeasure,
    ImageSegmentHorizontalOffsetMeasure, ImageSegmentVerticalOffsetMeasure, $G )
301 $E/FingerprintImageFingerprintOrientation ( OrientationAngleValue, OrientationAngleUncertaintyValue )
302 $E/MinutiaeFrictionRidgeLocation|MinutiaeFingerLocation* ( FrictionRidgePositionCode|FingerPositionCode,
    SegmentLocationCode, FingerprintOffCenterCode, $G )
307 $E/FingerprintPatternClassification* ( FingerprintPatternGeneralClassCode, FingerprintPatternSubClassCode,
    FingerprintPatternWhorlDeltaRelationshipCode )
309 $E/MinutiaeRidgeQualityMap ( MinutiaeRidgeQualityMapCellSizeValue, MinutiaeRidgeQualityMapFormatCode )
308 $E/MinutiaeRidgeQualityMap/MinutiaeRidgeQualityMapRowText*
311 $E/MinutiaeRidgeFlowMap ( MinutiaeRidgeFlowMapSamplingFrequencyValue, MinutiaeRidgeFlowMapFormatCode )
310 $E/MinutiaeRidgeFlowMap/MinutiaeRidgeFlowMapRowText*
313 $E/MinutiaeRidgeWavelengthMap ( MinutiaeRidgeWavelengthMapSamplingFrequencyValue,
    MinutiaeRidgeWavelengthMapFormatCode )
312 $E/MinutiaeRidgeWavelengthMap/MinutiaeRidgeWavelengthMapRowText*
314 $E/FrictionRidgeImageTonalReversalCode
315 $E/FrictionRidgeImageLateralReversalCode
316 $E/ImageQuality* ( QualityValue, QualityAlgorithmVendorIdentification/nc:IdentificationID,
    QualityAlgorithmProductIdentification/nc:IdentificationID )
%317 $E/MinutiaeGrowthOrShrinkage
325 $E/MinutiaeNoCoresPresentIndicator:yes
320 $E/MinutiaeCore* ( $X, MinutiaeCoreDirectionMeasure, ImageLocationUncertaintyRadiusMeasure,
    MinutiaeCoreDirectionUncertaintyValue )
326 $E/MinutiaeNoDeltasPresentIndicator:yes
321 $E/MinutiaeDelta* ( $X, MinutiaeDeltaDirectionUpMeasure, MinutiaeDeltaDirectionLeftMeasure,
    MinutiaeDeltaDirectionRightMeasure, MinutiaeDeltaCategoryCode, ImageLocationUncertaintyRadiusMeasure,
    MinutiaeDeltaDirectionUpUncertaintyValue, MinutiaeDeltaDirectionLeftUncertaintyValue,
    MinutiaeDeltaDirectionRightUncertaintyValue )
322 $E/MinutiaeRidgeCountCoreToDelta* ( MinutiaeCoreIdentification/nc:IdentificationID,
    MinutiaeDeltaIdentification/nc:IdentificationID, RidgeCountMinimumValue, RidgeCountMaximumValue )
323 $E/FrictionRidgeImageCenter* ( FrictionRidgeImageCenterLocationMethodCode, $X,
    ImageLocationUncertaintyRadiusMeasure )
327 $E/MinutiaeNoDistinctiveFeaturesPresentIndicator:yes
324 $E/MinutiaeDistinctiveFeature* ( MinutiaeDistinctiveFeatureCategoryCode, $G, MinutiaeCommentText )
334 $E/MinutiaeNoMinutiaePresentIndicator:yes
331 $E/EFSMinutia* ( $X, ImageLocationThetaAngleMeasure, EFSMinutiaCategoryCode,
    ImageLocationUncertaintyRadiusMeasure, MinutiaDirectionUncertaintyValue )
332 $E/EFSRidgeCountAlgorithmCode
333 $E/EFSRidgeCountItem* ( MinutiaIdentification/nc:IdentificationID,
    MinutiaReferenceIdentification/nc:IdentificationID, RidgeCountValue, MinutiaeRidgeCountOctantNumeric,
    MinutiaeRidgeCountResidualCode )
335 $E/MinutiaeRidgeCountConfidence* ( $A, $B, MinutiaeRidgeCountMethodCode, MinutiaeRidgeCountConfidenceValue )
346 $E/MinutiaeNoDotsPresentIndicator:yes
340 $E/MinutiaeDot* ( $X, MinutiaeDotLengthMeasure )
347 $E/MinutiaeNoIncipientRidgesPresentIndicator:yes
341 $E/MinutiaeIncipientRidge* ( $A, $B )
348 $E/MinutiaeNoCreasesPresentIndicator:yes
342 $E/MinutiaeFlexionCrease* ( $A, $B, MinutiaeFlexionCreaseCategoryCode )
349 $E/MinutiaeNoRidgeEdgeFeaturesPresentIndicator:yes
343 $E/MinutiaeRidgeEdgeOrDiscontinuity* ( $X, MinutiaeRidgeEdgeOrDiscontinuityCategoryCode )
344 $E/MinutiaeNoPoresPresentIndicator:yes
345 $E/MinutiaePore* ( $X )
%350 $E/MinutiaeFeatureDetection
351 $E/MinutiaeCommentText
352 $E/LatentProcessingCategoryCode*
353 $E/MinutiaeValueAssessment* ( MinutiaeValueAssessmentResultCode,
    MinutiaeExaminer/nc:PersonName/nc:PersonSurName, MinutiaeExaminer/nc:PersonName/nc:PersonGivenName,
    MinutiaeExaminerAffiliation/nc:OrganizationName, MinutiaeValueAssessmentDateTime/nc:DateTime:moment,
    MinutiaeCommentText, MinutiaeAnalysisComplexityCode )
%354 $E/MinutiaeFraudEvidence
%355 $E/MinutiaeLatentSubstrate
%356 $E/MinutiaeLatentMatrix
%357 $E/MinutiaeLocalQualityIssues
%360 $E/FrictionRidgeImageAreaOfCorrespondence
%361 $E/MinutiaeFeatureCorrespondence
%362 $E/MinutiaeExaminerComparisonDetermination
%363 $E/FrictionRidgeImageRelativeRotation
%372 $E/FrictionRidgeSkeletonizedImageBinaryObject
%373 $E/MinutiaeImageRidgePathRepresentation
%380 $E/EFSTemporaryLine
%381 $E/EFSFeatureColor
"""
)
for _mark, _text in (
    ("$E", "ExtendedFeatureSetMinutiae"),
    ("$S", "INCITSMinutiae"),
    ("$X", _POINT),
    ("$P", _POSITION),
    ("$G", _POLYGON),
    ("$A", _FIRST),
    ("$B", _SECOND),
):
    TYPE_9 = TYPE_9.replace(_mark, _text)
