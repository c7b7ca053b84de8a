"""ONE TOUCH OF A FINGER ON A SENSOR: placement, distortion, contact, look of the sensor, and the truth of it."""
