"""What pages share: templates in which nothing from a file counts as markup, and the package's own style."""

from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from myoqc.report.pictures import bar_uri


def page_environment() -> Environment:
    """The templates of this package; an unknown name in one of them is an error."""
    environment = Environment(
        loader=PackageLoader("myoqc.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["bar_uri"] = bar_uri
    return environment


def page_style() -> Markup:
    """The style sheet: the package's own text, no input."""
    return Markup(files("myoqc.report").joinpath("templates", "style.css").read_text(encoding="utf-8"))
