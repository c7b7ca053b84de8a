"""ANSI/NIST-ITL transactions in the traditional encoding."""
