"""TYPE-9 IN THE ENGINE'S OWN TERMS: one model of ridge features for all of the record's encodings."""
