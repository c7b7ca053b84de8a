"""Types that are carried: 11, 12, 16 to 19, 21, 22, 98 and 99. The syntax of a line is described in `mapping`."""

from __future__ import annotations

from fingerprint_engine.exchange.ansi_nist.xml.elements.descriptive import IDC
from fingerprint_engine.exchange.ansi_nist.xml.elements.images import ANNOTATION

_HEAD = IDC + ANNOTATION

TYPE_11 = (
    _HEAD
    + """
995 AssociatedContext* ( ContextIdentification/nc:IdentificationID, ImageSegmentIdentification/nc:IdentificationID )
996 DigitalAudioRecordHashValue
997 SourceRepresentation* ( SourceIdentification/nc:IdentificationID, ImageSegmentIdentification/nc:IdentificationID )
999 nc:BinaryBase64Object:data
%32 ForensicInvestigatoryVoiceDetail/SegmentGeographicalLocation
3 ForensicInvestigatoryVoiceDetail/AudioObjectDescriptorCode
4 ForensicInvestigatoryVoiceDetail/CaptureOrganization/nc:OrganizationIdentification/nc:IdentificationID
993 ForensicInvestigatoryVoiceDetail/CaptureOrganization/nc:OrganizationName
%5 ForensicInvestigatoryVoiceDetail/RecordingSettingDetail
%6 ForensicInvestigatoryVoiceDetail/RecordingContentDescriptor
%7 ForensicInvestigatoryVoiceDetail/AudioSourceRecorder
%8 ForensicInvestigatoryVoiceDetail/SourceAcquisition
9 ForensicInvestigatoryVoiceDetail/RecordCreationDate
10 ForensicInvestigatoryVoiceDetail/CaptureDate
%11 ForensicInvestigatoryVoiceDetail/RecordingDuration
%12 ForensicInvestigatoryVoiceDetail/PhysicalMediaObject
%13 ForensicInvestigatoryVoiceDetail/DigitalMediaContainer
%14 ForensicInvestigatoryVoiceDetail/CodecDetails
%21 ForensicInvestigatoryVoiceDetail/RedactionInformation
%22 ForensicInvestigatoryVoiceDetail/RedactionDiaryInformation
%23 ForensicInvestigatoryVoiceDetail/DiscontinuityInformation
%24 ForensicInvestigatoryVoiceDetail/DiscontinuityDiaryInformation
%25 ForensicInvestigatoryVoiceDetail/VocalContentInformation
%26 ForensicInvestigatoryVoiceDetail/VocalContentDiaryInformation
%27 ForensicInvestigatoryVoiceDetail/OtherContentInformation
%28 ForensicInvestigatoryVoiceDetail/OtherContentDiaryInformation
%33 ForensicInvestigatoryVoiceDetail/VocalSegmentQualityValue
34 ForensicInvestigatoryVoiceDetail/VocalCollisionIdentifierList/SegmentIdentifier
%35 ForensicInvestigatoryVoiceDetail/SegmentProcessingPriorityInformation
%36 ForensicInvestigatoryVoiceDetail/SegmentContentInformation
%37 ForensicInvestigatoryVoiceDetail/SegmentSpeakerCharacteristicsInformation
%38 ForensicInvestigatoryVoiceDetail/SegmentChannelInformation
51 ForensicInvestigatoryVoiceDetail/AudioCommentText
994 SourceExternalFileReferenceText
"""
)

TYPE_12 = (
    _HEAD
    + """
992 Type2CrossReferenceIdentification/nc:IdentificationID
990 Type10CrossReferenceIdentification/nc:IdentificationID
991 Type22CrossReferenceIdentification/nc:IdentificationID
995 AssociatedContext* ( ContextIdentification/nc:IdentificationID, ImageSegmentIdentification/nc:IdentificationID )
996 ImageHashValue
999 nc:BinaryBase64Object:data
%998 ForensicDentalOralDetail/DentalCaptureDetail/CaptureLocation
4 ForensicDentalOralDetail/DentalCaptureDetail/CaptureOrganization/nc:OrganizationIdentification/nc:IdentificationID
993 ForensicDentalOralDetail/DentalCaptureDetail/CaptureOrganization/nc:OrganizationName
47 ForensicDentalOralDetail/DentalCaptureDetail/CaptureOrganization/nc:OrganizationUnitName
994 ForensicDentalOralDetail/SourceExternalDigitalImageReferenceText
%3 ForensicDentalOralDetail/ForensicDentalSetting
%6 ForensicDentalOralDetail/DentalSubjectInformation
%7 ForensicDentalOralDetail/OriginalDentalEncodingSystemInformation
%8 ForensicDentalOralDetail/TransmittalDentalEncodingSystemInformation
%9 ForensicDentalOralDetail/DentalHistoryDataDetail
%10 ForensicDentalOralDetail/ToothDataDetail
%11 ForensicDentalOralDetail/MouthDataDetail
%12 ForensicDentalOralDetail/DentalStudyToothImprintDetail
20 ForensicDentalOralDetail/ForensicDentalCommentText
"""
)

TYPE_16 = (
    _HEAD
    + """
995 AssociatedContext* ( ContextIdentification/nc:IdentificationID, ImageSegmentIdentification/nc:IdentificationID )
996 ImageHashValue
997 SourceRepresentation* ( SourceIdentification/nc:IdentificationID, ImageSegmentIdentification/nc:IdentificationID )
999 TestImage/nc:BinaryBase64Object:data
3 TestImage/nc:BinaryDescriptionText
12 TestImage/ImageBitsPerPixelQuantity
%998 TestImage/ImageCaptureDetail/CaptureLocation
5 TestImage/ImageCaptureDetail/CaptureDate/nc:Date:when
903 TestImage/ImageCaptureDetail/CaptureDeviceIdentification/nc:IdentificationID
904 TestImage/ImageCaptureDetail/CaptureDeviceMakeText
16 TestImage/ImageCaptureDetail/CaptureHorizontalPixelDensityValue
4 TestImage/ImageCaptureDetail/CaptureOrganization/nc:OrganizationIdentification/nc:IdentificationID
993 TestImage/ImageCaptureDetail/CaptureOrganization/nc:OrganizationName
17 TestImage/ImageCaptureDetail/CaptureVerticalPixelDensityValue
30 TestImage/ImageCaptureDetail/CaptureDeviceMonitoringModeCode
13 TestImage/ImageColorSpaceCode
20 TestImage/ImageCommentText
11 TestImage/ImageCompressionAlgorithmText
6 TestImage/ImageHorizontalLineLengthPixelQuantity
9 TestImage/ImageHorizontalPixelDensityValue
%24 TestImage/ImageQuality
8 TestImage/ImageScaleUnitsCode
7 TestImage/ImageVerticalLineLengthPixelQuantity
10 TestImage/ImageVerticalPixelDensityValue
"""
)

TYPE_17 = (
    _HEAD
    + """
995 AssociatedContext* ( ContextIdentification/nc:IdentificationID, ImageSegmentIdentification/nc:IdentificationID )
996 ImageHashValue
997 SourceRepresentation* ( SourceIdentification/nc:IdentificationID, ImageSegmentIdentification/nc:IdentificationID )
999 IrisImage/nc:BinaryBase64Object:data
12 IrisImage/ImageBitsPerPixelQuantity
%998 IrisImage/ImageCaptureDetail/CaptureLocation
5 IrisImage/ImageCaptureDetail/CaptureDate/nc:Date:when
17 IrisImage/ImageCaptureDetail/CaptureDeviceIdentification/nc:IdentificationID
19 IrisImage/ImageCaptureDetail/CaptureDeviceMakeText
22 IrisImage/ImageCaptureDetail/CaptureHorizontalPixelDensityValue
4 IrisImage/ImageCaptureDetail/CaptureOrganization/nc:OrganizationIdentification/nc:IdentificationID
993 IrisImage/ImageCaptureDetail/CaptureOrganization/nc:OrganizationName
23 IrisImage/ImageCaptureDetail/CaptureVerticalPixelDensityValue
30 IrisImage/ImageCaptureDetail/CaptureDeviceMonitoringModeCode
13 IrisImage/ImageColorSpaceCode
21 IrisImage/ImageCommentText
11 IrisImage/ImageCompressionAlgorithmText
6 IrisImage/ImageHorizontalLineLengthPixelQuantity
9 IrisImage/ImageHorizontalPixelDensityValue
%24 IrisImage/ImageQuality
8 IrisImage/ImageScaleUnitsCode
7 IrisImage/ImageVerticalLineLengthPixelQuantity
10 IrisImage/ImageVerticalPixelDensityValue
3 IrisImage/IrisEyePositionCode
14 IrisImage/IrisEyeRotationAngleText
15 IrisImage/IrisEyeRotationUncertaintyValueText
%16 IrisImage/IrisImageCapture
20 IrisImage/IrisEyeColorAttributeCode
25 IrisImage/IrisImageAcquisitionLightingSpectrum/AcquisitionLightingSpectrumCode
27 IrisImage/IrisImageAcquisitionLightingSpectrum/AcquisitionLightingSpectrumLowerMeasure
26 IrisImage/IrisDiameterPixelQuantity
28 IrisImage/IrisImageMissingReasonCode
31 IrisImage/IrisImageAcquisitionProfileCode
32 IrisImage/IrisImageStorageFormatCode
%33 IrisImage/IrisImageIrisPupilBoundary
%34 IrisImage/IrisImageIrisScleraBoundary
%35 IrisImage/IrisImageIrisUpperEyelidBoundary
%36 IrisImage/IrisImageIrisLowerEyelidBoundary
%37 IrisImage/IrisImageOcclusion
40 IrisImage/IrisImageRangeMeasure
41 IrisImage/IrisImageGazeAngleMeasure
"""
)

TYPE_18 = (
    _HEAD
    + """
992 Type2CrossReferenceIdentification/nc:IdentificationID
995 AssociatedContext* ( ContextIdentification/nc:IdentificationID, ImageSegmentIdentification/nc:IdentificationID )
%998 DNASample/BiometricCaptureDetail/CaptureLocation
13 DNASample/BiometricCaptureDetail/CaptureDate/nc:Date:when
4 DNASample/BiometricCaptureDetail/CaptureOrganization/nc:OrganizationIdentification/nc:IdentificationID
993 DNASample/BiometricCaptureDetail/CaptureOrganization/nc:OrganizationName
%3 DNASample/DNALaboratory
5 DNASample/DNAAnalysisQuantityCode
%6 DNASample/DNADonor
7 DNASample/DNAClaimedRelationshipCode
8 DNASample/DNAValidatedRelationshipCode
%9 DNASample/DNAPedigree
%10 DNASample/DNASampleOrigin
11 DNASample/DNATypingTechnologyCategoryCode
12 DNASample/DNASampleCollectionMethodText
14 DNASample/DNAProfileStorageDate/nc:Date:when
%15 DNASample/DNAProfile
%16 DNASample/DNASTRProfile
%17 DNASample/DNAMitochondrialData
%18 DNASample/DNAElectropherogram
%19 DNASample/DNAElectropherogram
%23 DNASample/DNAElectropherogramLadder
20 DNASample/DNAGenotypeDistributionCode
%21 DNASample/DNAGenotypeAllelePair
22 DNASample/DNACommentText
"""
)

TYPE_19 = (
    _HEAD
    + """
995 AssociatedContext* ( ContextIdentification/nc:IdentificationID, ImageSegmentIdentification/nc:IdentificationID )
996 ImageHashValue
997 SourceRepresentation* ( SourceIdentification/nc:IdentificationID, ImageSegmentIdentification/nc:IdentificationID )
999 PlantarImage/nc:BinaryBase64Object:data
12 PlantarImage/ImageBitsPerPixelQuantity
%998 PlantarImage/ImageCaptureDetail/CaptureLocation
5 PlantarImage/ImageCaptureDetail/CaptureDate/nc:Date:when
903 PlantarImage/ImageCaptureDetail/CaptureDeviceIdentification/nc:IdentificationID
904 PlantarImage/ImageCaptureDetail/CaptureDeviceMakeText
16 PlantarImage/ImageCaptureDetail/CaptureHorizontalPixelDensityValue
4 PlantarImage/ImageCaptureDetail/CaptureOrganization/nc:OrganizationIdentification/nc:IdentificationID
993 PlantarImage/ImageCaptureDetail/CaptureOrganization/nc:OrganizationName
47 PlantarImage/ImageCaptureDetail/CaptureOrganization/nc:OrganizationUnitName
17 PlantarImage/ImageCaptureDetail/CaptureVerticalPixelDensityValue
30 PlantarImage/ImageCaptureDetail/CaptureDeviceMonitoringModeCode
20 PlantarImage/ImageCommentText
11 PlantarImage/ImageCompressionAlgorithmText
6 PlantarImage/ImageHorizontalLineLengthPixelQuantity
9 PlantarImage/ImageHorizontalPixelDensityValue
8 PlantarImage/ImageScaleUnitsCode
7 PlantarImage/ImageVerticalLineLengthPixelQuantity
10 PlantarImage/ImageVerticalPixelDensityValue
3 PlantarImage/FrictionRidgeImageImpressionCaptureCategoryCode
13 PlantarImage/PlantarPositionCode
%18 PlantarImage/PlantarImageMissingArea
%24 PlantarImage/PlantarImageQuality
%19 PlantarImage/PlantarImageSegmentPositionPolygon
%21 FrictionRidgeImageSegmentPositionSquare
%46 SubjectExistentialDetails
"""
)

TYPE_21 = (
    _HEAD
    + """
996 ImageHashValue
%15 ContextFileFormat
20 ContextCommentText
21 ContextIdentification/nc:IdentificationID
994 ContextExternalFileReferenceText
999 ContextVideo/nc:BinaryBase64Object:data
%998 ContextVideo/BiometricCaptureDetail/CaptureLocation
5 ContextVideo/BiometricCaptureDetail/CaptureDate/nc:Date:when
22 ContextVideo/BiometricCaptureDetail/ImageCaptureDateEstimateRange
4 ContextVideo/BiometricCaptureDetail/CaptureOrganization/nc:OrganizationIdentification/nc:IdentificationID
993 ContextVideo/BiometricCaptureDetail/CaptureOrganization/nc:OrganizationName
47 ContextVideo/BiometricCaptureDetail/CaptureOrganization/nc:OrganizationUnitName
%16 ContextVideo/ImageSegment
%19 ContextVideo/TimeSegment
%6 MedicalDeviceInformation
%46 SubjectExistentialDetails
999 ContextImage/nc:BinaryBase64Object:data
%998 ContextImage/ImageCaptureDetail/CaptureLocation
5 ContextImage/ImageCaptureDetail/CaptureDate/nc:Date:when
22 ContextImage/ImageCaptureDetail/ImageCaptureDateEstimateRange
4 ContextImage/ImageCaptureDetail/CaptureOrganization/nc:OrganizationIdentification/nc:IdentificationID
993 ContextImage/ImageCaptureDetail/CaptureOrganization/nc:OrganizationName
47 ContextImage/ImageCaptureDetail/CaptureOrganization/nc:OrganizationUnitName
%16 ContextImage/ImageSegment
"""
)

TYPE_22 = (
    _HEAD
    + """
992 Type2CrossReferenceIdentification/nc:IdentificationID
995 AssociatedContext* ( ContextIdentification/nc:IdentificationID, ImageSegmentIdentification/nc:IdentificationID )
996 ImageHashValue
997 SourceRepresentation* ( SourceIdentification/nc:IdentificationID, ImageSegmentIdentification/nc:IdentificationID )
%998 NonPhotographicImageryDetail/BiometricCaptureDetail/CaptureLocation
3 NonPhotographicImageryDetail/BiometricCaptureDetail/CaptureDate/nc:Date:when
5 NonPhotographicImageryDetail/BiometricCaptureDetail/ImageCaptureDateEstimateRange
903 NonPhotographicImageryDetail/BiometricCaptureDetail/CaptureDeviceIdentification/nc:IdentificationID
904 NonPhotographicImageryDetail/BiometricCaptureDetail/CaptureDeviceMakeText
4
    NonPhotographicImageryDetail/BiometricCaptureDetail/CaptureOrganization/nc:OrganizationIdentification/nc:IdentificationID
993 NonPhotographicImageryDetail/BiometricCaptureDetail/CaptureOrganization/nc:OrganizationName
47 NonPhotographicImageryDetail/BiometricCaptureDetail/CaptureOrganization/nc:OrganizationUnitName
6 NonPhotographicImageryDetail/ImageCategoryCode
20 NonPhotographicImageryDetail/NonPhotographicImageryCommentText
%46 NonPhotographicImageryDetail/SubjectExistentialDetails
101 NonPhotographicImageryDetail/NonPhotographicImageTypeCode
102 NonPhotographicImageryDetail/NonPhotographicImageFormatCode
%103 NonPhotographicImageryDetail/DentalRadiographImageInformation
999 nc:BinaryBase64Object:data
"""
)

TYPE_98 = (
    _HEAD
    + """
200 AssuranceFormatOwnerIdentification/nc:IdentificationID
3 AssuranceFormatOwnerIdentification/nc:IdentificationID
4 AssuranceOrganization/nc:OrganizationIdentification/nc:IdentificationID
993 AssuranceOrganization/nc:OrganizationName
5 AssuranceFormatIdentification/nc:IdentificationID
6 AssuranceDateTime/nc:DateTime:moment
%900 AssuranceLogEntry
901 AssuranceAuditRevisionIdentification/nc:IdentificationID
"""
)

TYPE_99 = (
    _HEAD
    + """
995 AssociatedContext* ( ContextIdentification/nc:IdentificationID, ImageSegmentIdentification/nc:IdentificationID )
996 ImageHashValue
997 SourceRepresentation* ( SourceIdentification/nc:IdentificationID, ImageSegmentIdentification/nc:IdentificationID )
999 CBEFFImage/nc:BinaryBase64Object:data
%998 CBEFFImage/ImageCaptureDetail/CaptureLocation
5 CBEFFImage/ImageCaptureDetail/CaptureDate/nc:Date:when
903 CBEFFImage/ImageCaptureDetail/CaptureDeviceIdentification/nc:IdentificationID
904 CBEFFImage/ImageCaptureDetail/CaptureDeviceMakeText
4 CBEFFImage/ImageCaptureDetail/CaptureOrganization/nc:OrganizationIdentification/nc:IdentificationID
993 CBEFFImage/ImageCaptureDetail/CaptureOrganization/nc:OrganizationName
%102 CBEFFImage/ImageQuality
103 CBEFFImage/CBEFFFormatOwnerIdentification/nc:IdentificationID
104 CBEFFImage/CBEFFFormatCategoryIdentification/nc:IdentificationID
100 CBEFFImage/CBEFFVersionIdentification/nc:IdentificationID
101 CBEFFImage/CBEFFCategoryCode
"""
)
