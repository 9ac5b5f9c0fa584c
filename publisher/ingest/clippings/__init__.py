"""A raw clipping, as it fell from a page or a wire: rules that find its parts, each with how sure it is."""
