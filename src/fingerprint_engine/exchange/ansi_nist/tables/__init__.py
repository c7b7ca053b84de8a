"""WHAT THE STANDARD SAYS OF EACH FIELD: mnemonics, names, kinds of value and codes, as tables of text."""
