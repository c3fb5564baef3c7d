"""Manifests of the published weights, and the embedded `mini` weights."""
