"""`./run docs`: write the tables of docs/settings.md from the settings' own code."""

from tests.docs import settings_page

if __name__ == "__main__":
    settings_page.PAGE.write_text(settings_page.bring_up_to_date(settings_page.PAGE.read_text("utf-8")), "utf-8")
