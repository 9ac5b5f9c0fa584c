"""What a seed says of itself above its text: front matter in four notations, its keys in every generator's words."""
