"""Seeds that are web pages: which part is the article, and what the page says about itself."""
