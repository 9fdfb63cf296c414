"""The answers of `/leads`, one module a subcommand; `commands.answer` has the table of them."""
