"""Fields of Type-9, all blocks. The syntax of a line is described in `field_table`.

Item names in lower case are descriptions, not mnemonics of the standard. Three legacy fields have the FBI's mnemonics
(FGPT, MINT, MRCT), because the standard gives theirs again to other fields. Blocks of other vendors are carried.

Sources: ANSI/NIST-ITL 1-2011 update 2013; FBI EFTS 7 for 9.013 to 9.025; the order of items as in files from other
systems.
"""

from __future__ import annotations

TYPE_9 = """
1 LEN int Record length
2 IDC int Information designation character
3 IMP int Impression type
4 FMT text Minutiae format
5 OFR (system,method) Originating fingerprint reading system
6 FGPT int* Finger position
7 FPC (source,code)* Fingerprint pattern classification
8 CRP text* Core position
9 DLT text* Delta position
10 MINT int Number of minutiae
11 RDG int Minutiae ridge count indicator
12 MRCT (index:int,position,quality:int,type,neighbours...)* Minutiae and ridge count data
13 AFV text AFIS feature vector
14 FGN int* Finger position
15 NMN int Number of minutiae
16 FCP (vendor,method,algorithm) Fingerprint characterization process
17 APC (APAT,RCN1:int,RCN2:int)* AFIS pattern classification
18 ROV text Region of value
19 COF text Coordinate offsets
20 ORN text Orientation uncertainty
21 CRA (position,direction:int,confidence...)* Core attributes
22 DLA (position,direction:int,others...)* Delta attributes
23 MAT (index:int,position,quality:int,type,neighbours...)* Minutiae and ridge count data
24 CHQ text Characterization quality
25 CLQ text Classifier quality
126 CBI (CFO,CFT,CPI) CBEFF information
127 CEI (AFS,CID) Capture equipment identification
128 HLL int Horizontal line length
129 VLL int Vertical line length
130 SLC int Scale units
131 THPS int Transmitted horizontal pixel scale
132 TVPS int Transmitted vertical pixel scale
133 FVW int Finger view
134 FGP int Finger position
135 FQD (QVU:int,QAV,QAP:int)* Finger quality data
136 NOM int Number of minutiae
137 FMD (MAN:int,MXC:int,MYC:int,MAV:int,M1M:int,QOM:int)* Finger minutiae data
138 RCI (index:int,neighbour:int,count:int)* Ridge count information
139 CIN (XCC:int,YCC:int,ANGC:int)* Core information
140 DIN (XCD:int,YCD:int,ANG1:int,ANG2:int,ANG3:int)* Delta information
141 ADA text* Additional delta angles
176 OOD text Other vendor: owner or developer
177 PAG text Other vendor: processing algorithm
178 SOD text Other vendor: system
179 DTX text Other vendor: date and time
300 ROI (EWI:int,EHI:int,EHO:int,EVO:int,polygon) Region of interest
301 ORT (EOD:int,EUC:int) Orientation
302 FPP (FGP:int,FSM,OCF,SGP)* Finger, palm or plantar position
303 FSP text* Feature set profile
307 PAT (GCF,SUB,WDR)* Pattern classification
308 RQM text* Ridge quality map
309 RQF (GSZ:int,RDF) Ridge quality map format
310 RFM text* Ridge flow map
311 RFF (SFQ:int,RDF) Ridge flow map format
312 RWM text* Ridge wavelength map
313 RWF (GSZ:int,RDF) Ridge wavelength map format
314 TRV text Tonal reversal
315 PLR text Possible lateral reversal
316 FQM (QVU:int,QAV,QAP:int)* Friction ridge quality metric
317 PGS (scale:int,confidence...) Possible growth or shrinkage
320 COR (CXC:int,CYC:int,CDI:int,RPU:int,DUY:int)* Cores
321 DEL (DXC:int,DYC:int,DUP:int,DLF:int,DRT:int,DTP,RPU:int,DUU:int,DUL:int,DUR:int)* Deltas
322 CDR text* Core-delta ridge counts
323 CPR text* Center point of reference
324 DIS text* Distinctive features
325 NCOR text* No cores present
326 NDEL text* No deltas present
327 NDIS text* No distinctive features present
331 MIN (MXC:int,MYC:int,MTD:int,MTY,MRU:int,MDU:int)* Minutiae
332 MRA text Minutiae ridge count algorithm
333 MRC (MIA:int,MIB:int,MIR:int,MRN:int,MRS:int)* Minutiae ridge counts
334 NMIN text No minutiae present
335 RCC (X1C:int,Y1C:int,X2C:int,Y2C:int,MOD,confidence:int)* Minutiae ridge count confidence
340 DOT text* Dots
341 INR text* Incipient ridges
342 CLD text* Creases and linear discontinuities
343 REF text* Ridge edge features
344 NPOR text No pores present
345 POR text* Pores
346 NDOT text No dots present
347 NINR text No incipient ridges present
348 NCLD text No creases present
349 NREF text No ridge edge features present
350 MFD text* Method of feature detection
351 COM text Comment
352 LPM text* Latent processing method
353 EAA (AAV,ALN,AFN,AAF,AMT,ACM,CXF)* Examiner analysis assessment
354 EOF text* Evidence of fraud
355 LSB text* Latent substrate
356 LMT text* Latent matrix
357 LQI text* Local quality issues
360 AOC text* Area of correspondence
361 CPF text* Corresponding points or features
362 ECD text* Examiner comparison determination
363 RRC text* Relative rotation of corresponding print
372 SIM text Skeletonized image
373 RPS text* Ridge path segments
380 TPL text* Temporary lines
381 FCC text* Feature color
901 ULA text* Universal latent workstation annotation
902 ANN (GMT,NAV,OWN,PRO)* Annotation information
903 DUI text Device unique identifier
904 MMS (MAK,MOD,SER) Make, model, serial number
"""
