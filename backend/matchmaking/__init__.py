"""Needs of companies, offers of institutes and experts, who fits whom; no part of any decision on a case."""
