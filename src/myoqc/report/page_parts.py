"""What pages are filled in with: the templates, the style, and pictures inside the page."""

from base64 import b64encode
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined


def environment() -> Environment:
    """The templates of this package; text is escaped, and a value that is missing is an error."""
    return Environment(
        loader=PackageLoader("myoqc.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def template_text(name: str) -> str:
    """A file beside the templates as it is, such as the style."""
    return files("myoqc.report").joinpath("templates", name).read_text(encoding="utf-8")


def picture_uri(content: bytes) -> str:
    """A picture as the address of an image inside the page."""
    return f"data:image/png;base64,{b64encode(content).decode('ascii')}"
