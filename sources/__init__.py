"""Where leads come from and where decisions go back."""
