"""The HTTP side of the ground: the route table, the gateway to tornado, decoding, the OpenAPI document."""
