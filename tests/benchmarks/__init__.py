"""Timed comparisons with other programs; README.md here says what is compared, and how."""
