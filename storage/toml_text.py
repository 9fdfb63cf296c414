"""Tables written as TOML that people like to read: conditions in one line, the rest in tables."""

from collections.abc import Mapping


def inline(value: object) -> object:
    """The value so that it is written in one line, tables and lists inside it too."""
    import tomlkit  # only an export needs it

    match value:
        case Mapping():
            table = tomlkit.inline_table()
            for key, part in value.items():
                table[key] = inline(part)
            return table
        case list():
            array = tomlkit.array()
            for part in value:
                array.append(inline(part))
            return array
        case _:
            return value


def toml_text(tables: Mapping[str, object]) -> str:
    """The tables as TOML, in their order; a list of tables becomes `[[…]]` unless it is inline."""
    import tomlkit

    document = tomlkit.document()
    for key, value in tables.items():
        document[key] = value
    # A blank line before each table; strings are written in one line, so none is touched.
    lines = document.as_string().split("\n")
    spaced = (f"\n{line}" if line.startswith("[") else line for line in lines if line.strip())
    return "\n".join(spaced).strip() + "\n"
