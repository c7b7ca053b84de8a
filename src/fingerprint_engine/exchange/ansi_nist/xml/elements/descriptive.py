"""Types 1 and 2. The syntax of a line is described in `mapping`."""

from __future__ import annotations

_TO = "TransactionDestinationOrganization|int-i:TransactionDestinationOrganization/"
_FROM = "TransactionOriginatingOrganization|int-i:TransactionOriginatingOrganization/"

TYPE_1 = (
    """
5 Transaction/TransactionDate/nc:Date|nc:DateTime:when
7 $Tnc:OrganizationIdentification/nc:IdentificationID
8 $Onc:OrganizationIdentification/nc:IdentificationID
17 Transaction ( $tnc:OrganizationName, $onc:OrganizationName, $tint-i:LocationCountryISO3166Alpha3Code,
    $oint-i:LocationCountryISO3166Alpha3Code )
14 Transaction/TransactionUTCDate/nc:DateTime:moment
9 Transaction/TransactionControlIdentification/nc:IdentificationID
10 Transaction/TransactionControlReferenceIdentification/nc:IdentificationID
13 Transaction/TransactionDomain ( TransactionDomainName, DomainVersionNumberIdentification/nc:IdentificationID )
16 Transaction/TransactionApplicationProfile* ( ApplicationProfileOrganizationName, ApplicationProfileName,
    ApplicationProfileVersionIdentification/nc:IdentificationID )
11 Transaction/TransactionImageResolutionDetails/NativeScanningResolutionValue
12 Transaction/TransactionImageResolutionDetails/NominalTransmittingResolutionValue
2 Transaction ( .:version )
6 Transaction/TransactionPriorityValue
4 Transaction/TransactionCategoryCode|int-i:TransactionCategoryCode
3 Transaction/TransactionContentSummary ( .:contents )
15 Transaction/TransactionCharacterSetDirectory* ( CharacterSetIndexCode, CharacterSetCommonNameCode,
    CharacterSetVersionIdentification/nc:IdentificationID )
18 Transaction/TransactionGeographicNameSetCode
~7 Transaction/TransactionDestinationOrganization|int-i:TransactionDestinationOrganization
~8 Transaction/TransactionOriginatingOrganization|int-i:TransactionOriginatingOrganization
~11 Transaction/TransactionImageResolutionDetails
~12 Transaction/TransactionImageResolutionDetails
""".replace("$T", "Transaction/$t")
    .replace("$O", "Transaction/$o")
    .replace("$t", _TO)
    .replace("$o", _FROM)
)

IDC = """
2 ImageReferenceIdentification/nc:IdentificationID
"""

TYPE_2 = IDC

_ADDRESS = (
    "nc:LocationAddress/nc:StructuredAddress/nc:LocationStreet/nc:StreetNumberText, "
    "nc:LocationAddress/nc:StructuredAddress/nc:LocationStreet/nc:StreetName, "
    "nc:LocationAddress/nc:StructuredAddress/nc:LocationCityName, "
    "nc:LocationAddress/nc:StructuredAddress/nc:LocationCountyName, "
    "nc:LocationAddress/nc:StructuredAddress/nc:LocationStateName, "
    "nc:LocationAddress/nc:StructuredAddress/nc:LocationCountryISO3166Alpha3Code, "
    "nc:LocationAddress/nc:StructuredAddress/nc:LocationPostalCode, "
    "nc:LocationAddress/nc:AddressFullText"
)
_NAME = (
    "nc:PersonNamePrefixText, nc:PersonGivenName, nc:PersonMiddleName, nc:PersonSurName, nc:PersonNameSuffixText, "
    "nc:PersonMaidenName, int-i:PersonExtendedName"
)
_RANGE = "nc:StartDate/nc:Date|nc:DateTime:when, nc:EndDate/nc:Date|nc:DateTime:when"
_DOMAIN = (
    "itl:UserDefinedDescriptiveDetail|UserDefinedDescriptiveDetail/"
    "int-i:DomainDefinedDescriptiveDetail|itl:DomainDefinedDescriptiveDetail"
)
_REFERENCE = "( .:reference )"

TYPE_2_INTERPOL = (
    IDC
    + f"""
19 $D/int-i:RecordActivity/RecordCreationDate/nc:Date|nc:DateTime:when
23 $D/int-i:RecordActivity/int-i:CaptureOrganization ( nc:OrganizationIdentification/nc:IdentificationID,
    nc:OrganizationName, {_ADDRESS} )
21 $D/int-i:RecordOffence/int-i:OffenceDescriptionCode*
54 $D/int-i:RecordOffence/int-i:OffenceDescriptionText*
55 $D/int-i:RecordOffence/int-i:OffenceDateTime/nc:Date|nc:DateTime:when
56 $D/int-i:RecordOffence/int-i:OffenceDateTimeRange ( {_RANGE} )
22 $D/int-i:RecordOffence/int-i:ArrestLocation ( {_ADDRESS} )
35 $D/int-i:RecordSubject/nc:PersonBirthDate/nc:Date|nc:DateTime:when
36 $D/int-i:RecordSubject/int-i:PersonBirthDateRange ( {_RANGE} )
37 $D/int-i:RecordSubject/nc:PersonBirthLocation ( {_ADDRESS} )
38 $D/int-i:RecordSubject/nc:PersonCitizenshipISO3166Alpha3Code*
30 $D/int-i:RecordSubject/int-i:PersonName ( {_NAME} )
34 $D/int-i:RecordSubject/int-i:PersonAliases/int-i:PersonName* ( {_NAME} )
39 $D/int-i:RecordSubject/int-i:PersonSexCode
75 $D/int-i:RecordSubject/int-i:PersonFather ( {_NAME} )
76 $D/int-i:RecordSubject/int-i:PersonMother ( {_NAME} )
95 $D/int-i:RecordCivil/int-i:CivilDescriptionCode
96 $D/int-i:RecordCivil/int-i:CivilDescriptionText
7 $I/int-i:NationalCaseIdentifier {_REFERENCE}
8 $M/int-i:LatentCaseEvidenceIdentifier
8 $I/int-i:LatentCaseEvidenceIdentifier
9 $I/int-i:LatentIdentifier
93 $I/int-i:LatentUniqueIdentifier
10 $I/int-i:NationalPersonIdentifier {_REFERENCE}
91 $I/int-i:NationalPersonInquiryIdentifier {_REFERENCE}
11 $I/int-i:NationalBusinessReference* {_REFERENCE}
90 $I/int-i:InterpolReferenceNumber
12 $I/int-i:MiscellaneousIdentificationID1 ( int-i:MiscIDType, nc:IdentificationID )
13 $I/int-i:MiscellaneousIdentificationID2 ( int-i:MiscIDType, nc:IdentificationID )
14 $I/int-i:MiscellaneousIdentificationID3 ( int-i:MiscIDType, nc:IdentificationID )
15 $I/int-i:MiscellaneousIdentificationID4 ( int-i:MiscIDType, nc:IdentificationID )
16 $I/int-i:MiscellaneousIdentificationID5 ( int-i:MiscIDType, nc:IdentificationID )
63 $M/int-i:ContactInformation ( nc:ContactTelephoneNumber/nc:FullTelephoneNumber/nc:TelephoneNumberFullID,
    nc:OrganizationName, nc:PersonFullName, int-i:AdditionalContactInformationText )
92 $M/nc:ExpirationDate/nc:Date|nc:DateTime:when
4 $M/int-i:RecordCreationDate/nc:Date|nc:DateTime:when
5 $M/int-i:RecordLastUpdateDate/nc:Date|nc:DateTime:when
94 $D/int-i:TransactionMetadata/int-i:ResultDeterminationMode
64 $D/int-i:TransactionResponseData/int-i:RespondentsList (
    int-i:TransactionCandidate/int-i:CandidateSequenceID/nc:IdentificationID,
    int-i:TransactionCandidate/int-i:TransactionCandidateManualVerificationIndicator,
    int-i:TransactionCandidatesTotalQuantity, int-i:TransactionCategoryCode, int-i:TransactionSearchResultsCode )
74 $D/int-i:TransactionResponseData/int-i:ErrorMessage* ( int-i:ErrorCode, int-i:ErrorFieldMnemonicCode,
    int-i:ErrorMessageText )
77 $D/int-i:TransactionResponseData/int-i:LatentMatchingPosition* ( int-i:LatentMatchingPositionSearch,
    int-i:LatentMatchingPositionCandidate )
~3 itl:UserDefinedDescriptiveDetail
~30 $D/int-i:RecordSubject/int-i:PersonAliases
""".replace("$I", "$M/int-i:MiscellaneousIdentification")
    .replace("$M", "$D/int-i:RecordMetadata")
    .replace("$D", _DOMAIN)
)
