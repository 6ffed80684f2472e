"""Whether a rule whose condition holds may fire, and if not, why. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Facts:
    """What is known when a rule is about to fire. ``trail`` are the rules that led to this, the oldest first."""

    rule_id: int
    trail: tuple[int, ...]
    is_halted: bool
    owner_may: bool
    fired_today: int
    about_customer_today: int


@dataclass(frozen=True)
class Caps:
    """How often, and how far."""

    rule_most_a_day: int
    customer_most_a_day: int
    chain_most: int


def held_back_by(facts: Facts, caps: Caps) -> str:
    """The reason not to fire, the gravest first; empty when it may."""
    if facts.is_halted:
        return "halted"
    if not facts.owner_may:
        return "owner_gone"
    if facts.rule_id in facts.trail:
        return "own_doing"
    if len(facts.trail) >= caps.chain_most:
        return "chain"
    if facts.fired_today >= caps.rule_most_a_day:
        return "rule_cap"
    if facts.about_customer_today >= caps.customer_most_a_day:
        return "customer_cap"
    return ""


def trail_of(chain: str) -> tuple[int, ...]:
    """The rules in the trail of an event; words that are no rules are passed over."""
    return tuple(int(word[1:]) for word in chain.split() if word[:1] == "r" and word[1:].isdigit())


def lengthened(chain: str, rule_id: int) -> str:
    """The trail of what this rule does."""
    return f"{chain} r{rule_id}".strip()
