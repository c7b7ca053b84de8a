"""COMPILED STEPS OF DESCRIBING A PRINT.

In come columns and bytes; out go descriptor bits, sketches and unpacked columns in the caller's arrays. They must not
know templates or Python objects, and whatever bytes they read, they read no further than they are told.
"""
