"""Fields of Types 1 and 2. The syntax of a line is described in `field_table`.

Type-2 means what its domain (1.013) says: INTERPOL's and the FBI's numbers conflict. Sources: ANSI/NIST-ITL 1-2011
update 2015; INTERPOL INT-I 6.00, table of fields; FBI EBTS 10.
"""

from __future__ import annotations

TYPE_1 = """
1 LEN int Record length
2 VER text Version number
3 CNT (REC:int,IDC)* Transaction content
4 TOT text Type of transaction
5 DAT date Date
6 PRY int Priority
7 DAI text Destination agency
8 ORI text Originating agency
9 TCN text Transaction control number
10 TCR text Transaction control reference
11 NSR dec Native scanning resolution, pixels/mm
12 NTR dec Nominal resolution, pixels/mm
13 DOM (DNM,DVN) Domain name and version
14 GMT gmt Greenwich mean time
15 DCS (CSI:int,CSN,CSV)* Character encoding
16 APS (APO,APN,APV)* Application profile specifications
17 ANM (DAN,OAN,DAC,OAC) Agency names and countries
18 GNS text Geographic name set
"""

TYPE_2 = """
1 LEN int Record length
2 IDC int Information designation character
"""

TYPE_2_INTERPOL = (
    TYPE_2
    + """
3 SYS text System information
4 DAR text Date of record
5 DLU text Date of last update
7 CNO text Case number
8 SQN text Sequence number
9 MID text Latent identifier
10 CRN text Criminal reference number
11 ORN text* Other reference number
12 MN1 text Miscellaneous identification number
13 MN2 text Miscellaneous identification number
14 MN3 text Miscellaneous identification number
15 MN4 text Miscellaneous identification number
16 MN5 text Miscellaneous identification number
19 DPR text Date printed
20 TOF text Time of fingerprinting
21 RFP text* Reason fingerprinted
22 POA text Place of arrest
23 OBU text Organisational bureau
30 NAM text Name
34 AKA text* Also known as
35 DOB text Date of birth
36 DBR text Date of birth range
37 POB text Place of birth
38 NAT text* Nationality
39 SEX text Sex
54 OTY text* Offence text
55 DOO text Date of offence
56 DOR text Date of offence range
63 INF text Additional information
64 RLS text* Respondents list
74 ERM text* Error message
75 FFN text Father's name
76 MMN text Mother's name
77 LMP (search:int,candidate:int)* Latent matching position
90 IRN text INTERPOL reference number
91 NPI text National person inquiry identifier
92 EXP text Expiration: latest date the record has to be deleted
93 LID text Latent unique identifier
94 RDM text Result determination mode
95 CRF text Civil reason fingerprinted
96 COT text Civil offence text
"""
)

TYPE_2_FBI = (
    TYPE_2
    + """
3 FFN text FBI file number
5 RET text Retention code
6 ATN text Attention indicator
7 SCO text* Send copy to
9 OCA text Originating agency case number
10 CIN text* Contributor case identifier number
11 CIX text* Contributor case identifier extension
12 LCN text FBI latent case number
13 LCX text FBI latent case number extension
14 FBI text* FBI number (universal control number)
15 SID text State identification number
16 SOC text* Social security account number
17 MNU text* Miscellaneous identification number
18 NAM text Name
19 AKA text* Aliases
20 POB text Place of birth
21 CTZ text* Country of citizenship
22 DOB text* Date of birth
23 AGR text Age range
24 SEX text Sex
25 RAC text Race
26 SMT text* Scars, marks and tattoos
27 HGT text Height
28 HTR text Height range
29 WGT text Weight
30 WTR text Weight range
31 EYE text Eye colour
32 HAI text Hair colour
33 FPC text* NCIC fingerprint classification
34 PAT text* Pattern level classifications
35 PPA text Palm prints available
36 PHT text Photo available
37 RFP text Reason fingerprinted
38 DPR text Date printed
39 EAD text Employer and address
40 OCP text Occupation
41 RES text Residence of person fingerprinted
42 MIL text Military code
43 TSR text Type of search requested
44 GEO text* Geographical area of search
45 DOA text* Date of arrest
46 DOS text Date of arrest, suffix
47 ASL text* Arrest segment literal
48 CSR text Civil search requested
49 EID text Employee identification number
51 CSL text* Court segment literal
53 OFC text* Offense category
54 SSD text Subscription date
55 SLE text State literal
56 ICO text Identification comments
57 FNR int* Finger number requested
59 SRF text Search results findings
60 MSG text* Status or error message
61 CST text Case title
62 IMT int* Image type
63 PTD text Person type designator
64 CAN text* Candidate list
65 RSR text Repository statistics response
67 IMA (MAK,MOD,SER) Image capture equipment
70 RAP text Request for electronic rap sheet
71 ACN text Action to be taken
72 FIU text Fingerprint image updated
73 CRI text* Controlling agency identifier
74 FGP int* Finger position
75 ERS text Electronic rap sheet
76 PRI text Priority
78 PEN text* Penetration query response
79 NCR int Number of candidates' images returned
80 EXP text Response explanation
82 REC text Response code
83 ULF text Unsolved latent file
84 AMP (FGP:int,AMPCD)* Amputated or bandaged
85 CRN text Civil record number
86 SCNA text* Special latent cognizant file name
87 TAA text Treat as adult
88 NOT text Note field
89 MSC text Match score
98 NDR text* Name of designated repository
"""
)
