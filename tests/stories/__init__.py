"""The whole product as people live it, told through their chat."""
