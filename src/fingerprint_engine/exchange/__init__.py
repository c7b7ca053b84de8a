"""THE SAME THINGS IN OTHER PEOPLE'S FORMATS: minutiae records, image records, ANSI/NIST-ITL transactions.

In come bytes in a standard format, or the engine's own templates and images; out come typed records that keep all that
was read, the engine's own types with a list of what was lost, or bytes. A thin adapter of tables with one reader and
one writer a version: it must not know algorithms (no extraction, no comparison, no search). Decoders raise only
`ExchangeError`, whatever the bytes.
"""
