"""Delivery: projects, their milestones, acceptance and hand-over."""

from zhike.onboard.models.hand_over import HandOver
from zhike.onboard.models.project import AcceptanceComment, AcceptanceRound, Milestone, Project

__all__ = ["AcceptanceComment", "AcceptanceRound", "HandOver", "Milestone", "Project"]
