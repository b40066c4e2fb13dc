"""What callers say and are told: the four calls on pictures, and the Open Inference Protocol on tensors."""
