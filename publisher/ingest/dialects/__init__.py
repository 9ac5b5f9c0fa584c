"""What other generators write into a text beside Markdown: shortcodes, directives, MDX. None of it is run."""
