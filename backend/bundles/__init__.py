"""The evidence bundle of a case: everything there is, sealed so that anybody can verify it elsewhere."""
