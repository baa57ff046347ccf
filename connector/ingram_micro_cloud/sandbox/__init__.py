"""The practice marketplace: a stateful stand-in for the vendor, who has no public sandbox."""

from ingram_micro_cloud.sandbox.calls import Answer, Call, Dropped
from ingram_micro_cloud.sandbox.engine import Marketplace

__all__ = ["Answer", "Call", "Dropped", "Marketplace"]
