"""Her face: generators, expression, motion, the catalogue of faces and the rendering pipeline."""
