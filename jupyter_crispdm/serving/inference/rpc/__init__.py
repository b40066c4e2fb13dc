"""gRPC: the Open Inference Protocol's other way to the same models, for those who have the extra `grpc`."""
