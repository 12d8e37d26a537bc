"""Builds everything that is generated from programs/postern, and checks that what is committed is what that gives."""
