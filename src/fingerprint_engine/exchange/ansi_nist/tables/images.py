"""Fields of the image records: Types 3 to 8, 10, 13, 14 and 15. The syntax of a line is described in `field_table`.

Sources: ANSI/NIST-ITL 1-2011 update 2015; the order of items as in files from other systems.
"""

from __future__ import annotations

BINARY_PRINT = """
1 LEN int Record length
2 IDC int Information designation character
3 IMP int Impression type
4 FGP int* Finger position
5 ISR int Image scanning resolution
6 HLL int Horizontal line length
7 VLL int Vertical line length
8 CGA int Compression algorithm
9 DATA bytes Image data
"""

BINARY_USER_DEFINED = """
1 LEN int Record length
2 IDC int Information designation character
3 DATA bytes User-defined image data
"""

BINARY_SIGNATURE = """
1 LEN int Record length
2 IDC int Information designation character
3 SIG int Signature type
4 SRT int Signature representation type
5 ISR int Image scanning resolution
6 HLL int Horizontal line length
7 VLL int Vertical line length
8 DATA bytes Signature data
"""

_TAIL = """
902 ANN (GMT,NAV,OWN,PRO)* Annotation information
903 DUI text Device unique identifier
904 MMS (MAK,MOD,SER) Make, model, serial number
993 SAN text Source agency name
994 EFR text External file reference
995 ASC (ACN:int,ASP:int)* Associated context
996 HAS text Hash
997 SOR (SRN:int,RSP:int)* Source representation
998 GEO text Geographic sample acquisition location
999 DATA bytes Image data
"""

_IMAGE = """
1 LEN int Record length
2 IDC int Information designation character
4 SRC text Source agency
6 HLL int Horizontal line length
7 VLL int Vertical line length
8 SLC int Scale units
9 THPS int Transmitted horizontal pixel scale
10 TVPS int Transmitted vertical pixel scale
11 CGA text Compression algorithm
16 SHPS int Scanned horizontal pixel scale
17 SVPS int Scanned vertical pixel scale
"""

_RIDGES = (
    _IMAGE
    + """
3 IMP int Impression type
12 BPX int Bits per pixel
13 FGP int* Friction ridge generalized position
20 COM text Comment
46 SUB text* Image subject condition
47 CON text Capture organization name
901 FCT int Friction ridge capture technology
"""
)

TYPE_13 = (
    _RIDGES
    + """
5 LCD date Latent capture date
14 SPD (DFP:int,FIC)* Search position descriptors
15 PPC (FVC,LOS,LHC:int,RHC:int,TVC:int,BVC:int)* Print position coordinates
18 RSP text Ruler or scale presence
19 REM text Resolution method
24 LQM (FRMP:int,QVU:int,QAV,QAP:int)* Latent quality metric
"""
    + _TAIL
)

TYPE_14 = (
    _RIDGES
    + """
5 FCD date Fingerprint capture date
14 PPD (DFP:int,FIC)* Print position descriptors
15 PPC (FVC,LOS,LHC:int,RHC:int,TVC:int,BVC:int)* Print position coordinates
18 AMP (FRAP:int,ABC)* Amputated or bandaged
21 SEG (FRSP:int,LHC:int,RHC:int,TVC:int,BVC:int)* Finger segment position
22 NQM (FRNP:int,IQS:int)* NIST quality metric
23 SQM (FRQP:int,QVU:int,QAV,QAP:int)* Segmentation quality metric
24 FQM (FRMP:int,QVU:int,QAV,QAP:int)* Fingerprint quality metric
25 ASEG (FRAS:int,NOP:int,vertices:int...)* Alternate finger segment positions
26 SCF int Simultaneous capture
27 SIF text Stitched image flag
30 DMM text Device monitoring mode
31 FAP int Subject acquisition profile
"""
    + _TAIL
)

TYPE_15 = (
    _RIDGES
    + """
5 PCD date Palm print capture date
18 AMP (FRAP:int,ABC)* Amputated or bandaged
21 SEG (FRSP:int,LHC:int,RHC:int,TVC:int,BVC:int)* Palm segment position
24 PQM (FRMP:int,QVU:int,QAV,QAP:int)* Palm print quality metric
30 DMM text Device monitoring mode
31 PAP int Subject acquisition profile
"""
    + _TAIL
)

TYPE_10 = (
    _IMAGE
    + """
3 IMT text Image type
5 PHD date Photo capture date
12 CSP text Color space
13 SAP int Subject acquisition profile
14 FIP text Face image bounding box coordinates
15 FPFI text Face image path coordinates
18 DIST text* Distortion
19 LAF text* Lighting artifacts
20 POS text Subject pose
21 POA int Pose offset angle
23 PAS text* Photo acquisition source
24 SQS (QVU:int,QAV,QAP:int)* Subject quality score
25 SPA text Subject pose angles
26 SXS text* Subject facial description
27 SEC text Subject eye color
28 SHC text* Subject hair color
29 FFP text* Facial feature points
30 DMM text Device monitoring mode
31 TMC text* Tiered markup collection
32 3DF text* Facial feature points in three dimensions
33 FEC text* Feature contours
38 COM text Comment
39 T10 int Type-10 reference number
40 SMT text* NCIC designation code
41 SMS text Scar, mark or tattoo size
42 SMD text* Scar, mark or tattoo descriptors
43 COL text* Tattoo color
44 ITX text* Image transform
45 OCC text* Occlusions
46 SUB text* Image subject condition
47 CON text Capture organization name
"""
    + _TAIL
)
