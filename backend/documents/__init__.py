"""What the city issues: numbered, rendered, signed, stored once, verifiable by anybody."""
