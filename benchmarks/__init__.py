"""ACCURACY, SPEED AND FOOTPRINT, measured together; see README.md for what each answers and how long it takes."""
