"""FILES IN, GREY PIXELS OF KNOWN RESOLUTION OUT: codecs, grey rules, resolution, polarity."""
