"""Tester, rejouer et enregistrer les leçons."""
