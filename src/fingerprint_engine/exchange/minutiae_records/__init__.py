"""Finger minutiae records: ISO/IEC 19794-2:2005 and 2011, INCITS 378-2004, 2009 and its amendment 1.

``loads`` tells the version by content and keeps all that it reads; ``dumps`` writes exact lengths.
"""
