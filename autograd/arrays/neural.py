"""What networks are made of: softmax, losses, convolution, pooling."""
