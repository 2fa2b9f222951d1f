"""Pixel OHEM."""
