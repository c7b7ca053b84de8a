"""THE TRADITIONAL ENCODING: separators, tagged fields and binary records; bytes in, the record model out, and back."""
