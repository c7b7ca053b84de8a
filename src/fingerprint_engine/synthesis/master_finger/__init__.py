"""THE SKIN OF A SYNTHETIC FINGER: pattern, orientation, ridges grown from them, pores, creases and true minutiae."""
