"""taizhang (台账): a work plan goes in, unit ledgers go out and come back, a signed-quality bulletin comes out."""

__version__ = "0.1.0"
