"""What a message asks for (`grammar.understand`), and what an answer tells. Pure: values in, values out."""
