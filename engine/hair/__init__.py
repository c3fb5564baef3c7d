"""Her hair: the mask network, the ombre dye and its colour schedule."""
