"""Tests: pure rules, one service against real servers, the whole system."""
